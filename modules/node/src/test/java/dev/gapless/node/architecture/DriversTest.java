package dev.gapless.node.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.node.Node;
import dev.gapless.core.node.Quota;
import dev.gapless.core.node.Shard;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Cluster, test kit and simulation drive the node and the shards of the core, and decide nothing. */
class DriversTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless");

    private static final DescribedPredicate<JavaClass> CORE = resideInAPackage("dev.gapless.core..");

    /** What a node and a shard are made of: what is no record, and decides something. Drivers deliver with pull cursors of their own. */
    private static final DescribedPredicate<JavaClass> PARTS = resideInAnyPackage(
                    "dev.gapless.core.member",
                    "dev.gapless.core.node",
                    "dev.gapless.core.consumer",
                    "dev.gapless.core.delivery",
                    "dev.gapless.core.producer",
                    "dev.gapless.core.feed",
                    "dev.gapless.core.subscription")
            .and(DescribedPredicate.not(belongToAnyOf(Node.class, Shard.class, Quota.class, MessageRun.class)))
            .and(DescribedPredicate.describe("decide", type -> !type.isRecord() && !type.isInterface()))
            .as("parts of the node");

    /** What takes inputs beside: consumers of any kind. */
    private static final DescribedPredicate<JavaClass> TAKE_INPUTS = PARTS.or(belongToAnyOf(TopicConsumer.class));

    /** What only the core wants done is in there. */
    private static final Set<String> WANTS = Set.of("send", "add", "previewedBy");

    @Test
    void everyDriverIsLookedAt() {
        for (String driver : Set.of("internal.node", "internal.shard", "testkit.internal", "simulation.node")) {
            classes()
                    .that()
                    .resideInAPackage("dev.gapless." + driver)
                    .should()
                    .resideOutsideOfPackage("dev.gapless.core..")
                    .check(GAPLESS); // fails if there is none
        }
    }

    @Test
    void onlyTheCorePutsANodeTogether() {
        noClasses()
                .that(DescribedPredicate.not(CORE))
                .should()
                .callConstructorWhere(DescribedPredicate.describe(
                        "it makes a part of the node",
                        call -> PARTS.test(call.getTarget().getOwner())))
                .check(GAPLESS);
    }

    @Test
    void inputsGoToTheNodeAndItsShardsAlone() {
        noClasses()
                .that(DescribedPredicate.not(CORE))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "it is an input of a part of the node",
                        access -> TAKE_INPUTS.test(access.getTarget().getOwner()) && isInput(access)))
                .check(GAPLESS);
    }

    private static boolean isInput(JavaAccess<?> access) {
        return access.getTarget().getName().matches("on[A-Z].*");
    }

    @Test
    void onlyTheCoreSaysWhatIsToBeDone() {
        noClasses()
                .that(DescribedPredicate.not(CORE))
                .should()
                .accessTargetWhere(DescribedPredicate.describe(
                        "it puts something into an outbox",
                        access -> access.getTarget().getOwner().isEquivalentTo(Outbox.class)
                                && WANTS.contains(access.getTarget().getName())))
                .check(GAPLESS);
    }
}
