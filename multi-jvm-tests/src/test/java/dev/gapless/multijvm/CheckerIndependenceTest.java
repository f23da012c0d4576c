package dev.gapless.multijvm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class CheckerIndependenceTest {
    private static final JavaClasses TESTS = new ClassFileImporter().importPackages("dev.gapless.multijvm");

    @Test
    void theCheckerKnowsNothingOfWhatItJudges() {
        noClasses()
                .that()
                .resideInAPackage("dev.gapless.multijvm.checker")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "belong to Gapless or to the test nodes",
                        (JavaClass c) -> c.getPackageName().startsWith("dev.gapless")
                                && !c.getPackageName().equals("dev.gapless.multijvm.checker")))
                .check(TESTS);
    }
}
