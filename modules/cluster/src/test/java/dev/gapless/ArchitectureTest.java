package dev.gapless;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.gapless.core.subscription.MessageRun;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Rooms of {@code dev.gapless.internal}, the lowest first, and which of the others each may know. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "fence", Set.of(),
            "time", Set.of(),
            "wire", Set.of("fence"),
            "measure", Set.of("time"),
            "publish", Set.of("time", "wire", "measure"),
            "subscribe", Set.of("fence", "time", "wire", "measure"),
            "shard", Set.of("time", "measure", "publish", "subscribe"),
            "report", Set.of("fence", "time", "measure", "subscribe"),
            "node", Set.of("fence", "time", "wire", "measure", "publish", "subscribe", "shard", "report"));

    @Test
    void eachRoomKnowsOnlyThoseBelowIt() {
        ROOMS.forEach((room, known) -> noClasses()
                .that()
                .resideInAPackage(roomNamed(room))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOMS.keySet().stream()
                        .filter(other -> !other.equals(room) && !known.contains(other))
                        .map(ArchitectureTest::roomNamed)
                        .toArray(String[]::new))
                .check(GAPLESS));
        slices().matching("dev.gapless.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(GAPLESS);
    }

    @Test
    void eachInternalClassIsInARoom() {
        Set<String> packages = GAPLESS.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("dev.gapless.internal"))
                .collect(Collectors.toSet());
        assertEquals(ROOMS.keySet().stream().map(ArchitectureTest::roomNamed).collect(Collectors.toSet()), packages);
    }

    @Test
    void theApiKnowsTheNodeAndItsNumbersAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.gapless", "dev.gapless.pubsub")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOMS.keySet().stream()
                        .filter(room -> !Set.of("node", "measure", "fence").contains(room))
                        .map(ArchitectureTest::roomNamed)
                        .toArray(String[]::new))
                .check(GAPLESS);
    }

    /** Whoever else delivers messages pulls them by this cursor, too, and keeps no place of its own. */
    @Test
    void onlySubscriptionsPull() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.gapless.core.subscription", roomNamed("subscribe"))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(MessageRun.class)
                .check(GAPLESS);
    }

    private static String roomNamed(String room) {
        return "dev.gapless.internal." + room;
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
