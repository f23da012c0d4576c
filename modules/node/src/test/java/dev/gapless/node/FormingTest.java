package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.internal.forming.Forming;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The first of the seed nodes forms a cluster if there is none, and only then. */
@Tag("thorough")
@Tag("day0")
@Timeout(600)
class FormingTest {
    @TempDir
    private Path directory;

    private final List<String> told = new ArrayList<>();

    private static String seed(int port) {
        return "pekko://gapless@127.0.0.1:" + port;
    }

    private static Config config(int port, int... seedPorts) {
        List<String> seeds = new ArrayList<>();
        for (int seedPort : seedPorts) {
            seeds.add('"' + seed(seedPort) + '"');
        }
        Config options = ConfigFactory.parseString("pekko.remote.artery.canonical { hostname = \"127.0.0.1\", port = "
                + port + " }\npekko.cluster.seed-nodes = " + seeds);
        return ProgramConfig.of(options, null, new CommandLine(new NodeCommand(new Termination())));
    }

    /** {@return who was silent for seven seconds; null} */
    private @Nullable String form(Member member, int other) {
        return Forming.ofConfig(member.system(), List.of(seed(other)), Duration.ofSeconds(7), told::add)
                .run(new Termination()::sleep);
    }

    @Test
    void whereNobodyListensItFormsAClusterAtOnce() throws Exception {
        int other = Ports.free();
        try (Member member = Member.start(config(Ports.free(), other))) {
            form(member, other);
            member.up().get(2, TimeUnit.MINUTES);
            Program.awaitThat("cluster of one", () -> member.addresses().equals(List.of(member.address())));
            assertEquals(List.of(), told);
        }
    }

    @Test
    void whereAnotherStartsAtTheSameTimeItFormsTheClusterThatTheOtherJoins() throws Exception {
        int first = Ports.free();
        int second = Ports.free();
        try (Member starting = Member.start(config(second, first, second));
                Member member = Member.start(config(first, second))) {
            form(member, second);
            member.up().get(2, TimeUnit.MINUTES);
            starting.up().get(2, TimeUnit.MINUTES);
            Program.awaitThat("cluster of two", () -> starting.addresses().size() == 2);
        }
    }

    @Test
    void whereSomebodyListensAndDoesNotAnswerItFormsNone() throws Exception {
        try (ServerSocket standsStill = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Member member = Member.start(config(Ports.free(), standsStill.getLocalPort()))) {
            String silent = form(member, standsStill.getLocalPort());
            assertEquals("127.0.0.1:" + standsStill.getLocalPort(), silent);
            assertFalse(member.isLetIn());
            assertEquals(1, told.size(), told::toString);
            assertTrue(told.get(0).contains("listens and does not answer"), told::toString);
        }
    }

    @Test
    void aFirstSeedNodeThatIsKilledAndStartedAgainWhileTheOtherStandsStillJoinsItAfterwards() throws Exception {
        int first = Ports.free();
        int second = Ports.free();
        try (Program before = Program.start(directory, "node", "--config", file("first", first, first, second))) {
            before.awaitErr("first is up");
            try (Program other = Program.start(directory, "node", "--config", file("second", second, first, second))) {
                other.awaitErr("second is up");
                before.signal("KILL");
                before.awaitExit();
                other.signal("STOP");
                try (Program again =
                        Program.start(directory, "node", "--config", file("first", first, first, second))) {
                    again.awaitErr("waits for seed node 127.0.0.1:" + second);
                    other.signal("CONT");
                    again.awaitErr("first is up");
                    Status.awaitMembers(directory, "127.0.0.1:" + first, "first", "second");
                } finally {
                    other.signal("CONT");
                }
            }
        }
    }

    /** With so short a seed-node-timeout plain Pekko forms a second cluster within two seconds. */
    private String file(String name, int port, int... seedPorts) throws Exception {
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        List<String> seeds = new ArrayList<>();
        for (int seedPort : seedPorts) {
            seeds.add('"' + seed(seedPort) + '"');
        }
        return Files.write(
                        directory.resolve(name + ".conf"),
                        List.of(
                                "include required(file(\"" + cluster + "\"))",
                                "gapless.node-name = " + name,
                                "pekko.remote.artery.canonical.port = " + port,
                                "pekko.cluster.seed-nodes = " + seeds,
                                "pekko.cluster.seed-node-timeout = 20ms"))
                .toString();
    }
}
