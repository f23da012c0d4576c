package dev.gapless.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses GATEWAY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless.gateway");

    /** Rooms of {@code dev.gapless.gateway.internal}, and which of the others each may know. */
    private static final Map<String, Set<String>> ROOMS = Map.of(
            "settings", Set.of(),
            "json", Set.of(),
            "publish", Set.of("settings", "json"),
            "client", Set.of("settings", "json", "publish"),
            "changes", Set.of("settings", "json", "client"),
            "web", Set.of("settings", "json", "publish", "client"),
            "grpc", Set.of("settings", "json", "publish", "client", "changes"),
            "server", Set.of("settings", "json", "publish", "client", "web", "grpc"));

    private static String roomNamed(String room) {
        return "dev.gapless.gateway.internal." + room;
    }

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
                .check(GATEWAY));
        slices().matching("dev.gapless.gateway.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(GATEWAY);
    }

    @Test
    void eachInternalClassIsInARoom() {
        Set<String> packages = GATEWAY.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.contains(".internal"))
                .collect(Collectors.toSet());
        assertEquals(ROOMS.keySet().stream().map(ArchitectureTest::roomNamed).collect(Collectors.toSet()), packages);
    }

    /** Clients are made of cursors and bytes; how these come to a socket is their servers' alone. */
    @Test
    void onlyTheServersKnowTheirLibraries() {
        noClasses()
                .that()
                .resideOutsideOfPackage(roomNamed("web"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jetty..")
                .check(GATEWAY);
        noClasses()
                .that()
                .resideOutsideOfPackages(roomNamed("grpc"), "dev.gapless.gateway.v1")
                .and()
                .doNotHaveSimpleName(
                        "UserTimeout") // the native sockets that come with gRPC have an option that Java lacks
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "dev.gapless.gateway.v1")
                .check(GATEWAY);
    }
}
