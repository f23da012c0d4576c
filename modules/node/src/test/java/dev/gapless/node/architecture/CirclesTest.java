package dev.gapless.node.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files of core, cluster, test kit and program depend on one another in one direction. */
class CirclesTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless")
            .that(resideOutsideOfPackages(
                    "dev.gapless.simulation..", "dev.gapless.gateway.v1")); // that one is generated

    @Test
    void noFilesDependOnOneAnotherInACircle() {
        slices().assignedFrom(new Files()).should().beFreeOfCycles().check(GAPLESS);
    }

    /** A sealed type and all that it permits count as one file: they know one another by their nature. */
    private static final class Files implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            JavaClass file = fileOf(type);
            for (Optional<JavaClass> head = headOf(file); head.isPresent(); head = headOf(file)) {
                file = head.get();
            }
            return SliceIdentifier.of(file.getName());
        }

        /** The file of the sealed type that permits this one. Types of libraries are not loaded: some are optional. */
        private static Optional<JavaClass> headOf(JavaClass type) {
            return Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
                    .filter(above -> above.getPackageName().startsWith("dev.gapless"))
                    .filter(above -> above.reflect().isSealed())
                    .map(Files::fileOf)
                    .filter(file -> !file.equals(type))
                    .findFirst();
        }

        private static JavaClass fileOf(JavaClass type) {
            return type.getEnclosingClass().map(Files::fileOf).orElse(type);
        }

        @Override
        public String getDescription() {
            return "files";
        }
    }
}
