package dev.gapless.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses BENCH = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless.bench");

    @Test
    void usesThePublicApiAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.internal..")
                .check(BENCH);
    }

    @Test
    void peersKnowNothingOfHowTheyAreMeasured() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.bench.peer")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.gapless.bench", "dev.gapless.bench.process")
                .check(BENCH);
    }
}
