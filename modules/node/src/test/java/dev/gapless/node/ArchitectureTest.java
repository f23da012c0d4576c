package dev.gapless.node;

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
    void theProgramUsesThePublicApiAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.node..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.internal..")
                .check(GAPLESS);
    }
}
