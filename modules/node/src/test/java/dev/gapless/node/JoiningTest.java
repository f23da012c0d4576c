package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What keeps a command out of a cluster, here one whose actor systems have a name of their own, and that removes nobody. */
@Timeout(600)
class JoiningTest {
    private static final int ATTEMPTS = 30;
    private static final int FIRST_PORT = Ports.free();
    private static final int SECOND_PORT = Ports.free();
    private static final String SEED = "127.0.0.1:" + FIRST_PORT;

    @TempDir
    private static Path directory;

    private static Program first;
    private static Program second;

    @BeforeAll
    static void startTwoNodes() throws Exception {
        first = Program.start(directory, "node", "--config", config("first", FIRST_PORT));
        first.awaitErr("first is up");
        second = Program.start(directory, "node", "--config", config("second", SECOND_PORT));
        second.awaitErr("second is up");
    }

    @AfterAll
    static void endThem() {
        Stream.of(first, second).forEach(Program::close);
    }

    private static String config(String name, int port) throws Exception {
        Path file = directory.resolve(name + ".conf");
        Path cluster = Path.of("..", "..", "conf", "cluster.conf").toAbsolutePath();
        List<String> lines = List.of(
                "include required(file(\"" + cluster + "\"))",
                "gapless.node-name = " + name,
                "pekko.remote.artery.canonical.port = " + port,
                "pekko.cluster.seed-nodes = [\"pekko://flags@" + SEED + "\"]",
                "pekko.cluster.split-brain-resolver.stable-after = 10m");
        return Files.write(file, lines).toString();
    }

    private static Program status(String... options) throws Exception {
        String[] command = {"status", "--seed", SEED};
        return Program.start(
                directory, Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void aClusterWithAnotherSystemNameIsJoinedByThatName() throws Exception {
        try (Program status = status("--system", "flags")) {
            assertEquals(0, status.awaitExit(), status::toString);
            assertTrue(status.out().stream().anyMatch(line -> line.contains(SEED)), status::toString);
        }
    }

    @Tag("thorough")
    @Tag("day2")
    @Test
    void nodesMeetAtAnIpv6Address() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no IPv6");
        int port = Ports.free();
        String seed = "[::1]:" + port;
        Path file = Files.write(
                directory.resolve("ipv6.conf"),
                List.of(
                        "include required(file(\"" + config("six", port) + "\"))",
                        "pekko.remote.artery.canonical.hostname = \"[::1]\"",
                        "pekko.cluster.seed-nodes = [\"pekko://flags@" + seed + "\"]"));
        try (Program node = Program.start(directory, "node", "--config", file.toString())) {
            node.awaitErr("six is up, and listens on " + seed);
            try (Program status =
                    Program.start(directory, "status", "--seed", seed, "--host", "::1", "--system", "flags")) {
                assertEquals(0, status.awaitExit(), status::toString);
                assertTrue(status.out().stream().anyMatch(line -> line.contains(seed)), status::toString);
            }
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket()) {
            byte[] loopback = new byte[16];
            loopback[15] = 1;
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(loopback), 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anotherSystemNameIsNamedAsWhatMayBeWrong() throws Exception {
        try (Program status = status("--join-timeout", "1s")) {
            assertEquals(1, status.awaitExit(), status::toString);
            assertEquals(1, status.err().size(), status::toString);
            status.awaitErr(
                    "does not answer to pekko://gapless@" + SEED + ". Is its actor system called otherwise (--system)");
        }
    }

    @Test
    void aPortInUseIsToldInOneLine() throws Exception {
        try (Program status = status("--system", "flags", "--port", String.valueOf(FIRST_PORT));
                Program node = Program.start(directory, "node", "--config", config("first", FIRST_PORT))) {
            for (Program program : List.of(status, node)) {
                assertEquals(1, program.awaitExit(), program::toString);
                assertEquals(1, program.err().size(), program::toString);
                program.awaitErr("cannot listen on " + SEED + ": is the port in use?");
            }
        }
    }

    @Test
    void statusIntoAFullStandardOutputFails() throws Exception {
        try (Program status =
                Program.startIn(directory, "exec \"$@\" >/dev/full", "status", "--seed", SEED, "--system", "flags")) {
            assertEquals(1, status.awaitExit(), status::toString);
            status.awaitErr("cannot write to standard output: ");
        }
    }

    @Tag("thorough")
    @Tag("day2")
    @Test
    void aSubscriberWhoseReaderHasSeenEnoughLeavesWithoutAWord() throws Exception {
        try (Program publish =
                Program.start(directory, "publish", "--topic", "t", "--seed", SEED, "--system", "flags")) {
            publish.write(List.of("one", "two"));
            try (Program subscribe = Program.startIn(
                    directory,
                    StandardOutputTest.INTO_A_CLOSED_PIPE,
                    "subscribe --topic t --from earliest --system flags --seed"
                            .concat(" " + SEED)
                            .split(" ", -1))) {
                subscribe.awaitExit();
                List<String> said = subscribe.err().stream()
                        .filter(line -> !line.startsWith("ready: "))
                        .toList();
                assertEquals(List.of("status 141"), said, subscribe::toString);
            }
            publish.endInput();
            assertEquals(0, publish.awaitExit(), publish::toString);
        }
    }

    @Tag("thorough")
    @Tag("day2")
    @Test
    void anUnreachableMemberThatKeepsOthersOutIsNamedAtOnceAndInTheError() throws Exception {
        String unreachable = "127.0.0.1:" + SECOND_PORT + " is unreachable";
        second.signal("STOP");
        try {
            awaitUnreachable(unreachable);
            try (Program status = status("--system", "flags", "--join-timeout", "10m")) {
                status.awaitErr("still joining, for up to 600 s: " + unreachable);
                second.signal("CONT");
                assertEquals(0, status.awaitExit(), status::toString);
            }
            Status.await(
                    () -> status("--system", "flags"),
                    printed -> printed.stream().anyMatch(line -> line.startsWith("second ")));
        } finally {
            second.signal("CONT");
        }
    }

    /** A status that fails and says this; until the others have noticed, it does not. */
    private static void awaitUnreachable(String unreachable) throws Exception {
        for (int i = 0; i < ATTEMPTS; i++) {
            try (Program status = status("--system", "flags", "--join-timeout", "3s")) {
                int exit = status.awaitExit();
                if (status.err().stream().anyMatch(line -> line.contains("within 3 s: " + unreachable))) {
                    assertEquals(1, exit, status::toString);
                    return;
                }
            }
        }
        fail("the member that stands still is reachable");
    }
}
