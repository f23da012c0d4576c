package dev.gapless.internal.forming;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.gapless.Gapless;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;

/** What is known of a node by asking it. */
class SeedProbeTest {
    private static ActorSystem system() {
        return ActorSystem.create("probed", ConfigFactory.parseString("""
                        pekko.actor.provider = cluster
                        pekko.loglevel = WARNING
                        pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                        pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                        """).withFallback(ConfigFactory.load()));
    }

    @Test
    void aNodeIsNoMemberUntilItIsOneAndRefusesWhenItHasEnded() throws Exception {
        ActorSystem asks = system();
        ActorSystem asked = system();
        try {
            Cluster cluster = Cluster.get(asked);
            HostPort there = HostPort.of(cluster.selfAddress());
            SeedProbe probe = new SeedProbe(asks);
            Gapless.get(asked);
            assertEquals(SeedProbe.Answer.NO_MEMBER, await(probe, there, SeedProbe.Answer.NO_MEMBER));
            cluster.join(cluster.selfAddress());
            assertEquals(SeedProbe.Answer.MEMBER, await(probe, there, SeedProbe.Answer.MEMBER));
            asked.terminate();
            asked.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
            assertEquals(SeedProbe.Answer.REFUSES, probe.ask(there));
        } finally {
            asks.terminate();
            asked.terminate();
            asks.getWhenTerminated().toCompletableFuture().get(1, TimeUnit.MINUTES);
        }
    }

    /** On a busy machine it may be silent for a while. */
    private static SeedProbe.Answer await(SeedProbe probe, HostPort there, SeedProbe.Answer wanted) {
        long endNs = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        SeedProbe.Answer answer = probe.ask(there);
        while (answer != wanted && System.nanoTime() < endNs) {
            answer = probe.ask(there);
        }
        return answer;
    }
}
