package dev.gapless.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless");

    @Test
    void nothingOnANodeKnowsTheTestKit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.gapless.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.testkit..")
                .check(GAPLESS);
    }

    @Test
    void itShipsNoClassInAPackageOfAnotherModule() {
        JavaClasses shipped = new ClassFileImporter().importPath(Path.of("target", "classes"));
        classes()
                .should()
                .resideInAnyPackage("dev.gapless.testkit", "dev.gapless.testkit.internal")
                .check(shipped);
    }

    @Test
    void whatDrivesItsNodesKnowsNothingOfItsApi() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.testkit.internal")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.gapless.testkit")
                .check(GAPLESS);
    }

    @Test
    void itNeedsNoTestFrameworkAndStartsNoThread() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.testkit..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("org\\.junit\\..*|java\\.util\\.concurrent\\.Executors|java\\.lang\\.Thread\\$.*")
                .check(GAPLESS);
    }
}
