package dev.gapless.node.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.internal.subscribe.MessageHost;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Which module, and which room of a module, may know which other one. */
class ArchitectureTest {
    private static final JavaClasses GAPLESS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.gapless");

    /** The packages below one, and which of the others each may know. */
    private record Rooms(String house, Map<String, Set<String>> known) {
        String named(String room) {
            return house + "." + room;
        }

        String[] without(Set<String> some) {
            return known.keySet().stream()
                    .filter(room -> !some.contains(room))
                    .map(this::named)
                    .toArray(String[]::new);
        }

        void check() {
            known.forEach((room, others) -> {
                Set<String> its = others.stream().collect(Collectors.toSet());
                its.add(room);
                holds(noClasses()
                        .that()
                        .resideInAPackage(named(room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(without(its)));
            });
            holds(slices().matching(house + ".(*)..").should().beFreeOfCycles());
            Set<String> packages = GAPLESS.stream()
                    .map(JavaClass::getPackageName)
                    .filter(name -> name.startsWith(house))
                    .collect(Collectors.toSet());
            assertEquals(known.keySet().stream().map(this::named).collect(Collectors.toSet()), packages);
        }
    }

    private static void holds(ArchRule rule) {
        rule.check(GAPLESS);
    }

    /** Time and randomness are arguments of the core, and what it wants done it returns. */
    @Nested
    class Core {
        private static final JavaClasses CORE = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.gapless.core");

        @Test
        void dependsOnNothingButTheJdkAndAnnotations() {
            classes()
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "java..", "dev.gapless.core..", "org.jspecify..", "com.google.errorprone.annotations..")
                    .check(CORE);
        }

        @Test
        void doesNoInputAndOutput() {
            noClasses().should().dependOnClassesThat(Forbidden.inputAndOutput()).check(CORE);
        }

        @Test
        void readsNoClock() {
            noClasses().should().accessTargetWhere(Forbidden.clocks()).check(CORE);
        }

        @Test
        void drawsNoRandomNumbersButFromASeed() {
            noClasses()
                    .should()
                    .accessTargetWhere(Forbidden.unseededRandomness())
                    .check(CORE);
        }

        @Test
        void neitherStartsThreadsNorWaits() {
            noClasses().should().accessTargetWhere(Forbidden.threads()).check(CORE);
        }

        @Test
        void producersAndConsumersDoNotKnowTheNode() {
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.gapless.core.producer",
                            "dev.gapless.core.consumer",
                            "dev.gapless.core.delivery",
                            "dev.gapless.core.effect")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.gapless.core.node")
                    .check(CORE);
        }

        /**
         * How a consumer keeps what came, and where a subscription stands, is theirs alone: others can take their place. But for where they are
         * chosen, and for what judges them from within.
         */
        @Test
        void nobodyKnowsHowConsumersAndSubscriptionsAreMade() {
            String[] made = {"dev.gapless.core.feed", "dev.gapless.core.consumer", "dev.gapless.core.subscription"};
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackages(made)
                    .and()
                    .resideOutsideOfPackage("dev.gapless.simulation.inside")
                    .and()
                    .doNotBelongToAnyOf(ShardSettings.class)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(made));
        }

        /** A stream is one incarnation's: two incarnations of a node have one name. */
        @Test
        void nothingOfAStreamIsKeptUnderANodesName() {
            noFields()
                    .that()
                    .areDeclaredInClassesThat()
                    .resideInAnyPackage(
                            "dev.gapless.core.consumer", "dev.gapless.core.feed", "dev.gapless.core.subscription")
                    .should(Forbidden.beAMapFromText())
                    .check(CORE);
        }
    }

    @Nested
    class Cluster {
        private static final Rooms ROOMS = new Rooms(
                "dev.gapless.internal",
                Map.ofEntries(
                        entry("fence", Set.of()),
                        entry("time", Set.of()),
                        entry("spelling", Set.of()),
                        entry("trace", Set.of()),
                        entry("store", Set.of()),
                        entry("forming", Set.of("fence")),
                        entry("takeover", Set.of("fence", "store")),
                        entry("wire", Set.of("fence")),
                        entry("measure", Set.of("time")),
                        entry("publish", Set.of("time", "trace", "wire", "measure")),
                        entry("subscribe", Set.of("fence", "time", "trace", "store", "wire", "measure")),
                        entry("shard", Set.of("time", "measure", "publish", "subscribe")),
                        entry("report", Set.of("fence", "time", "measure", "subscribe")),
                        entry("table", Set.of("fence", "time", "wire", "measure", "subscribe")),
                        entry(
                                "node",
                                Set.of(
                                        "fence",
                                        "time",
                                        "spelling",
                                        "trace",
                                        "store",
                                        "forming",
                                        "takeover",
                                        "wire",
                                        "measure",
                                        "publish",
                                        "subscribe",
                                        "shard",
                                        "report",
                                        "table"))));

        @Test
        void eachRoomKnowsOnlyThoseBelowIt() {
            ROOMS.check();
        }

        @Test
        void theApiKnowsTheNodeAndItsNumbersAlone() {
            holds(noClasses()
                    .that()
                    .resideInAnyPackage("dev.gapless", "dev.gapless.pubsub")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ROOMS.without(Set.of("node", "measure", "fence", "forming"))));
        }

        /** Whoever else delivers messages pulls them by a reader, too, and keeps no place of its own. */
        @Test
        void onlySubscriptionsPull() {
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.gapless.core.delivery",
                            "dev.gapless.core.subscription",
                            "dev.gapless.core.reading",
                            ROOMS.named("subscribe"),
                            "dev.gapless.simulation..")
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(MessageRun.class));
        }

        /** Who shows messages as they are kept reads them by the seam of subscriptions, like a subscription, and nobody else does. */
        @Test
        void onlySubscriptionsAndTheGatewayReadMessagesAsTheyAreKept() {
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackages(ROOMS.named("subscribe"), ROOMS.named("node"), "dev.gapless.gateway..")
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(MessageReader.class, MessageHost.class, MessageSubscription.class));
        }

        @Test
        void onlyTracingNeedsOpenTelemetry() {
            String tracing = "dev\\.gapless\\.internal\\.trace\\.OpenTelemetryTracing.*";
            holds(noClasses()
                    .that()
                    .haveNameNotMatching(tracing)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.opentelemetry.."));
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.gapless.internal.trace")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(tracing));
        }

        @Test
        void onlyTheMetersNeedMicrometer() {
            String meters = "dev\\.gapless\\.GaplessMetrics.*";
            String[] library = {"dev.gapless", "dev.gapless.pubsub", "dev.gapless.core..", "dev.gapless.internal.."};
            holds(noClasses()
                    .that()
                    .resideInAnyPackage(library)
                    .and()
                    .haveNameNotMatching(meters)
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.micrometer.."));
            holds(noClasses()
                    .that()
                    .resideInAnyPackage(library)
                    .and()
                    .haveNameNotMatching(meters)
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(meters));
        }
    }

    @Nested
    class Gateway {
        private static final Rooms ROOMS = new Rooms(
                "dev.gapless.gateway.internal",
                Map.ofEntries(
                        Map.entry("settings", Set.of()),
                        Map.entry("budget", Set.of()),
                        Map.entry("files", Set.of()),
                        Map.entry("json", Set.of("budget")),
                        Map.entry("site", Set.of()),
                        Map.entry("tls", Set.of("settings", "files")),
                        Map.entry("access", Set.of("settings", "files", "json")),
                        Map.entry("publish", Set.of("settings", "budget", "json", "access")),
                        Map.entry("client", Set.of("settings", "budget", "json", "access", "publish")),
                        Map.entry("changes", Set.of("settings", "budget", "json", "access", "client")),
                        Map.entry("status", Set.of("json")),
                        Map.entry(
                                "web",
                                Set.of(
                                        "settings",
                                        "budget",
                                        "site",
                                        "tls",
                                        "json",
                                        "access",
                                        "publish",
                                        "client",
                                        "status")),
                        Map.entry(
                                "grpc",
                                Set.of("settings", "budget", "tls", "json", "access", "publish", "client", "changes")),
                        Map.entry(
                                "server",
                                Set.of(
                                        "settings",
                                        "budget",
                                        "tls",
                                        "json",
                                        "access",
                                        "publish",
                                        "client",
                                        "web",
                                        "grpc"))));

        @Test
        void eachRoomKnowsOnlyThoseBelowIt() {
            ROOMS.check();
        }

        /** Clients are made of cursors and bytes; how these come to a socket is their servers' alone. */
        @Test
        void onlyTheServersKnowTheirLibraries() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.gateway..")
                    .and()
                    .resideOutsideOfPackages(ROOMS.named("web"), ROOMS.named("site"))
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.eclipse.jetty.."));
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.gateway..")
                    .and()
                    .resideOutsideOfPackages(ROOMS.named("grpc"), "dev.gapless.gateway.v1")
                    .and()
                    .doNotHaveSimpleName(
                            "UserTimeout") // the native sockets that come with gRPC have an option that Java lacks
                    .and()
                    .doNotHaveSimpleName(
                            "Tls") // its key and trust managers take other certificates while they are in use
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "dev.gapless.gateway.v1"));
        }
    }

    @Nested
    class TestKit {
        @Test
        void nothingOnANodeKnowsIt() {
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.gapless.testkit..", "dev.gapless.spring..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.gapless.testkit.."));
        }

        @Test
        void shipsNoClassInAPackageOfAnotherModule() {
            JavaClasses shipped = new ClassFileImporter().importPath(Path.of("..", "testkit", "target", "classes"));
            classes()
                    .should()
                    .resideInAnyPackage("dev.gapless.testkit", "dev.gapless.testkit.internal")
                    .check(shipped);
        }

        @Test
        void whatDrivesItsNodesKnowsNothingOfItsApi() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.testkit.internal")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.gapless.testkit"));
        }

        @Test
        void needsNoTestFrameworkAndStartsNoThread() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.testkit..")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching(
                            "org\\.junit\\..*|java\\.util\\.concurrent\\.Executors|java\\.lang\\.Thread\\$.*"));
        }
    }

    @Nested
    class SpringBootStarter {
        /** But for what was meant: it says so of environment variables, too. */
        @Test
        void usesThePublicApiAlone() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.spring..")
                    .should()
                    .dependOnClassesThat(resideInAnyPackage("dev.gapless.internal..", "dev.gapless.testkit.internal..")
                            .and(resideOutsideOfPackages("dev.gapless.internal.spelling"))));
        }

        @Test
        void nothingElseKnowsSpring() {
            holds(noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.gapless.spring..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("org.springframework..", "dev.gapless.spring.."));
        }

        @Test
        void knowsTheTestKitOnlyWhereTestsAskForIt() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.spring..")
                    .and()
                    .doNotHaveSimpleName("GaplessTestKitConfiguration")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("dev.gapless.testkit.."));
        }
    }

    @Nested
    class Programs {
        /**
         * But for how a node forms a cluster: the program says on its own output what that waits for, and gives up at its own time. And for
         * what was meant: it says so of options, too.
         */
        @Test
        void useThePublicApiAlone() {
            holds(noClasses()
                    .that()
                    .resideInAnyPackage("dev.gapless.node..", "dev.gapless.bench..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.gapless.internal..")
                            .and(resideOutsideOfPackages(
                                    "dev.gapless.internal.forming", "dev.gapless.internal.spelling"))));
        }

        @Test
        void peersOfTheBenchmarkKnowNothingOfHowTheyAreMeasured() {
            holds(noClasses()
                    .that()
                    .resideInAPackage("dev.gapless.bench.peer")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("dev.gapless.bench", "dev.gapless.bench.process"));
        }
    }
}
