package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.prices.PricesApplication;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** How a process ends in which the application is a node of a cluster; the test is another node. */
class ProcessTest {
    private static final String DOWN_ITSELF = "down-itself";
    private static final String HANG = "hang";

    /** The program of that process. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            ConfigurableApplicationContext context = SpringApplication.run(PricesApplication.class, args);
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent) {
                    System.out.println("The application closes");
                }
            });
            if (List.of(args).contains(HANG)) {
                Runtime.getRuntime().addShutdownHook(new Thread(Program::hang));
            }
            if (List.of(args).contains(DOWN_ITSELF)) {
                Cluster cluster = Cluster.get(context.getBean(ActorSystem.class));
                ServiceTest.await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
                System.out.println("The node is up");
                cluster.down(cluster.selfAddress());
            }
        }

        private static void hang() {
            System.out.println("The shutdown hook hangs");
            while (true) {
                LockSupport.park();
            }
        }
    }

    @TempDir
    private Path directory;

    private ActorSystem system;
    private Cluster cluster;
    private Process process;

    @BeforeEach
    void start() {
        system = ActorSystem.create("gapless", ConfigFactory.parseString("""
                                pekko.actor.provider = cluster
                                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                                """).withFallback(ConfigFactory.load()));
        cluster = Cluster.get(system);
        cluster.join(cluster.selfAddress());
    }

    @AfterEach
    void end() throws Exception {
        if (process != null) {
            process.destroyForcibly();
        }
        system.terminate();
        system.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    private void run(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--pekko.cluster.seed-nodes=" + cluster.selfAddress()));
        arguments.addAll(List.of(more));
        process = Jvm.start(Program.class, out(), arguments);
    }

    private Path out() {
        return directory.resolve("out");
    }

    private void endsWith(int status) throws Exception {
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out())).isEqualTo(status);
    }

    private long membersUp() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
    }

    private long members() {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .count();
    }

    @Test
    void aRemovedNodeClosesTheApplicationAndEndsItsProcess() throws Exception {
        run(DOWN_ITSELF);
        endsWith(1);
        assertThat(out()).content().contains("The node is up", "The application closes");
    }

    @Test
    @Tag("thorough")
    @Tag("day0")
    void aRemovedNodeWhoseExitHangsEndsItsProcessAllTheSame() throws Exception {
        run(DOWN_ITSELF, HANG, "--gapless.exit-timeout=10s");
        endsWith(1);
        assertThat(out()).content().contains("The shutdown hook hangs", "gapless.exit-timeout");
    }

    @Test
    void aProcessThatIsToldToEndLeavesTheClusterInGoodOrder() throws Exception {
        run();
        ServiceTest.await(() -> membersUp() == 2);
        process.destroy(); // SIGTERM
        endsWith(143);
        ServiceTest.await(() -> members() == 1); // nobody downs: it was removed because it has left
        assertThat(out()).content().contains("Exiting completed").doesNotContain("Gapless leaves before");
    }
}
