package dev.gapless.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.gapless.internal.subscribe.MessageHost;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless");

    @Test
    void theProgramUsesThePublicApiAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.node..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.internal..")
                .check(GAPLESS);
    }

    /** Who shows messages as they are kept reads them by the seam of subscriptions, like a subscription, and nobody else does. */
    @Test
    void onlySubscriptionsAndTheGatewayReadMessagesAsTheyAreKept() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.gapless.internal.subscribe", "dev.gapless.internal.node", "dev.gapless.gateway..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(MessageReader.class, MessageHost.class, MessageSubscription.class)
                .check(GAPLESS);
    }
}
