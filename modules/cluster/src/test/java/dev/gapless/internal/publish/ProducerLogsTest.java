package dev.gapless.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.ProducerClosed;
import dev.gapless.core.Epoch;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.internal.measure.NodeStats;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ProducerLogsTest {
    private static final long UID = -7;

    private final ProducerLogs logs = new ProducerLogs(
            UID, topic -> TopicSettings.DEFAULTS, 10, 1, NodeStats.none(), Runnable::run, Duration.ZERO);

    ProducerLogsTest() {
        logs.gate(0).open();
    }

    private static Content message() {
        return new Content(null, false, Map.of(), Format.NONE, new byte[1]);
    }

    @Test
    void oneMessageIsEnoughForANodeThatHasPublished() {
        ProducerLog log = logs.hold("t");
        assertEquals(1, log.publish(message()).join().sequence());
        assertEquals(Map.of(Epoch.of(UID, "t"), 1L), logs.refuseMessages(), "or its loss would be told to nobody");
    }

    @Test
    void aNodeThatOnlyCouldHavePublishedHasNot() {
        var unused = logs.hold("t");
        assertEquals(Map.of(), logs.refuseMessages());
    }

    @Test
    void aLogThatIsMadeWhileTheNodeLeavesTakesNothing() {
        ProducerLog before = logs.hold("before");
        logs.close();
        before.publish(message()).join();
        CompletionException refused = assertThrows(
                CompletionException.class,
                () -> logs.hold("after").publish(message()).join());
        assertTrue(refused.getCause() instanceof ProducerClosed, refused.toString());
    }

    @Test
    void aLogIsDroppedOnlyWhileTheApplicationHasNotComeForIt() {
        ProducerLog unused = logs.of("t");
        assertTrue(logs.drop(unused));
        ProducerLog anew = logs.of("t");
        assertNotSame(unused, anew);
        assertSame(anew, logs.hold("t"));
        assertFalse(logs.drop(anew));
        assertSame(anew, logs.of("t"));
    }

    @Test
    void aRingThatClientsBeganIsBoundedUntilTheApplicationPublishesThere() {
        assertFalse(logs.limitRing("t", 1), "there is none");
        logs.publishFor("t", log -> log.publish(message()))
                .toCompletableFuture()
                .join();
        assertTrue(logs.limitRing("t", 2_000));
        for (int i = 0; i < 100; i++) {
            logs.publishFor("t", log -> log.publish(message()))
                    .toCompletableFuture()
                    .join();
        }
        assertTrue(logs.ringBytes("t") > 1_000 && logs.ringBytes("t") <= 2_000, () -> "bytes: " + logs.ringBytes("t"));
        ProducerLog held = logs.hold("t");
        assertEquals(TopicSettings.DEFAULTS.bufferBytes(), held.log().maxBytes());
        assertFalse(logs.limitRing("t", 1));
        assertTrue(logs.ringBytes("t") > 1_000);
    }

    @Test
    void aLogHasTheEpochThatEveryMemberKnowsAlsoOnceItIsMadeAnew() {
        ProducerLog unused = logs.of("t");
        assertEquals(Epoch.of(UID, "t"), unused.log().identity().epoch());
        assertTrue(logs.drop(unused));
        assertEquals(Epoch.of(UID, "t"), logs.of("t").log().identity().epoch());
    }

    @Test
    void aLogSaysWhetherAnythingMayBePublishedThere() {
        ProducerLogs silent = new ProducerLogs(
                UID,
                topic -> TopicSettings.DEFAULTS.with(draft -> draft.publishing = topic.equals("loud")),
                10,
                1,
                NodeStats.none(),
                Runnable::run,
                Duration.ZERO);
        assertTrue(silent.of("loud").log().identity().publishes());
        assertFalse(silent.of("mute").log().identity().publishes());
    }

    @Test
    void topicsWhoseNamesHaveTheSameHashCodeHaveEpochsOfTheirOwn() {
        assertEquals("orders-Aa".hashCode(), "orders-BB".hashCode(), "else this shows nothing");
        assertNotEquals(
                logs.of("orders-Aa").log().identity().epoch(),
                logs.of("orders-BB").log().identity().epoch());
    }

    @Test
    void aLogSaysWhenItWasMade() {
        long beforeMs = System.currentTimeMillis();
        long startedMs = logs.of("t").log().identity().startedMs();
        assertTrue(startedMs >= beforeMs && startedMs <= System.currentTimeMillis(), "made at " + startedMs);
    }
}
