package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class StuckTransportTest {
    /** Keeps its system from its end until it is released. */
    private static final class Stuck extends AbstractActor {
        private final CountDownLatch released;

        Stuck(CountDownLatch released) {
            this.released = released;
        }

        @Override
        public Receive createReceive() {
            return emptyBehavior();
        }

        @Override
        public void postStop() throws InterruptedException {
            released.await();
        }
    }

    /** The system does not end, and a peer never reads. */
    @ParameterizedTest
    @CsvSource({"300ms, true", "0s, false"})
    void connectionsOfASystemThatDoesNotEndAreResetAfterAWhileUnlessThatIsSwitchedOff(String timeout, boolean reset)
            throws Exception {
        ActorSystem system = ActorSystem.create(
                "stuck", ConfigFactory.parseString("""
                        pekko.actor.provider = cluster
                        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        pekko.remote.artery.advanced.handshake-timeout = 10m
                        pekko.coordinated-shutdown.exit-jvm = off
                        gapless.stuck-transport-timeout = %s
                        """.formatted(timeout)).withFallback(ConfigFactory.load()));
        CountDownLatch released = new CountDownLatch(1);
        system.actorOf(Props.create(Stuck.class, () -> new Stuck(released)));
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            system.actorSelection("pekko://stuck@127.0.0.1:" + peer.getLocalPort() + "/user/nobody")
                    .tell("text", ActorRef.noSender());
            try (Socket connection = peer.accept()) {
                system.terminate();
                assertEquals(reset, ends(connection, reset ? 60 : 3));
                assertFalse(system.getWhenTerminated().toCompletableFuture().isDone());
            }
        } finally {
            released.countDown();
            var unused = system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    /** Does it end by itself in this time? What the other side sends until then does not matter. */
    private static boolean ends(Socket connection, int seconds) throws IOException {
        connection.setSoTimeout(1_000);
        byte[] some = new byte[1_000];
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - untilNs < 0) {
            try {
                if (connection.getInputStream().read(some) < 0) {
                    return true;
                }
            } catch (SocketTimeoutException open) {
                // it says nothing, and may yet end
            } catch (IOException reset) {
                return true;
            }
        }
        return false;
    }
}
