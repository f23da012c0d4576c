package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications in processes of their own, the first of which is killed and started again while the other stands still. */
@Tag("thorough")
@Tag("day2")
class FormationTest {
    /** The program of such a process: it says how many members it knows. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Program {
        public static void main(String[] args) throws InterruptedException {
            ConfigurableApplicationContext context = SpringApplication.run(Program.class, args);
            Cluster cluster = Cluster.get(context.getBean(ActorSystem.class));
            long before = -1;
            while (true) {
                long members = StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                        .filter(member -> member.status().equals(MemberStatus.up()))
                        .count();
                if (members != before) {
                    System.out.println("up: " + members);
                }
                before = members;
                Thread.sleep(100);
            }
        }
    }

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process start(String name, int port, int... seeds) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.main.web-application-type=none",
                "--spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
                "--pekko.remote.artery.canonical.hostname=127.0.0.1",
                "--pekko.remote.artery.canonical.port=" + port,
                "--pekko.cluster.seed-node-timeout=1s", // with which plain Pekko forms a second cluster while they
                // stand still
                "--pekko.cluster.downing-provider-class="));
        for (int i = 0; i < seeds.length; i++) {
            arguments.add("--pekko.cluster.seed-nodes[" + i + "]=pekko://gapless@127.0.0.1:" + seeds[i]);
        }
        Process process = Jvm.start(Program.class, out(name), arguments);
        processes.add(process);
        return process;
    }

    private Path out(String name) {
        return directory.resolve(name);
    }

    private void awaitOut(String name, String text) {
        ServiceTest.await(() -> {
            try {
                return Files.readString(out(name)).contains(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void signal(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void theFirstSeedNodeThatIsKilledAndStartsAgainWhileTheOtherStandsStillJoinsIt() throws Exception {
        int first = free();
        int second = free();
        Process one = start("one", first, first, second);
        awaitOut("one", "up: 1");
        Process two = start("two", second, first, second);
        awaitOut("two", "up: 2");
        signal(two, "STOP");
        one.destroyForcibly().waitFor();
        start("again", first, first, second);
        awaitOut("again", "waits for seed node");
        assertThat(out("one")).content().contains("forming new cluster"); // so says Pekko
        signal(two, "CONT");
        awaitOut("again", "up: 2");
        assertThat(out("again")).content().doesNotContain("forming new cluster");
    }
}
