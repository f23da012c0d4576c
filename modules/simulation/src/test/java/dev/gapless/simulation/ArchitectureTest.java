package dev.gapless.simulation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.gapless.core.consumer.TopicConsumer;
import dev.gapless.core.member.Membership;
import dev.gapless.core.node.FailureDetector;
import dev.gapless.core.producer.ProducerState;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** What the core's node and shards are made of. */
    private static final Set<String> PARTS = Set.of(
            Membership.class.getName(),
            FailureDetector.class.getName(),
            ProducerState.class.getName(),
            TopicConsumer.class.getName());

    private static final JavaClasses SIMULATION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless.simulation");

    @Test
    @DisplayName("Simulation drives the core's node and shards, and puts none of their parts together by itself")
    void drivesTheOneNode() {
        noClasses()
                .should()
                .callConstructorWhere(DescribedPredicate.describe(
                        "it makes a part of the node",
                        call -> PARTS.contains(call.getTargetOwner().getName())))
                .check(SIMULATION);
    }
}
