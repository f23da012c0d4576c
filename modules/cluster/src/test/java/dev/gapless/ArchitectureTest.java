package dev.gapless;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless");

    @Test
    void theCoreKnowsNothingOfTheShell() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.core..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.internal..")
                .check(GAPLESS);
    }

    @Test
    void onlyTheMetersNeedMicrometer() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.gapless\\.GaplessMetrics.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(GAPLESS);
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.gapless\\.GaplessMetrics.*")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("dev\\.gapless\\.GaplessMetrics.*")
                .check(GAPLESS);
    }
}
