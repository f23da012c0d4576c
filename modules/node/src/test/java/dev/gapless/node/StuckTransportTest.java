package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StuckTransportTest {
    @Test
    void connectionsToWhomeverNeverReadsAreResetAndTheSystemEnds() throws Exception {
        ActorSystem system =
                ActorSystem.create("stuck", ConfigFactory.parseString("""
                        pekko.actor.provider = cluster
                        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        pekko.remote.artery.advanced.handshake-timeout = 10m
                        pekko.coordinated-shutdown.exit-jvm = off
                        """).withFallback(ConfigFactory.load()));
        try (ServerSocket peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            system.actorSelection("pekko://stuck@127.0.0.1:" + peer.getLocalPort() + "/user/nobody")
                    .tell("text", ActorRef.noSender());
            try (Socket connection = peer.accept()) {
                StuckTransport.reset(system);
                assertTrue(ends(connection));
            }
        } finally {
            system.terminate();
            var unused = system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    /** Does it end by itself? What the other side sends until then does not matter. */
    private static boolean ends(Socket connection) throws IOException {
        connection.setSoTimeout(1_000);
        byte[] some = new byte[1_000];
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
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
