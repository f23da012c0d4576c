package dev.gapless.gateway.internal.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Overflow;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.Admission;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.Reading;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.internal.subscribe.MessageHost;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientRingsTest {
    private static final int MOST = 1 << 20;
    private static final int BUFFER_BYTES = 400_000;
    private static final Caller SOMEBODY = Caller.anybody("a");
    private static final Caller ANOTHER = Caller.anybody("b");

    private final Map<String, Log> logs = new HashMap<>();
    private final Set<String> ofApplication = new HashSet<>();
    private TopicSettings settings = TopicSettings.DEFAULTS.with(its -> its.bufferBytes = BUFFER_BYTES);
    private final ClientRings rings = new ClientRings(host(), MOST, Duration.ofDays(1));

    private MessageHost host() {
        return (MessageHost) Proxy.newProxyInstance(
                MessageHost.class.getClassLoader(), new Class<?>[] {MessageHost.class}, (self, method, given) -> {
                    Log log = given == null ? null : logs.get((String) given[0]);
                    return switch (method.getName()) {
                        case "name" -> "n1";
                        case "knows" -> ofApplication.contains((String) given[0]) || log != null;
                        case "topicSettings" -> settings;
                        case "ringBytes" -> log == null ? 0L : log.bytes();
                        case "limitRing" -> limit((String) given[0], log, (Long) given[1]);
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
    }

    private boolean limit(String topic, Log log, long bytes) {
        if (log == null || ofApplication.contains(topic)) {
            return false;
        }
        log.limit(bytes);
        return true;
    }

    private void publish(Caller caller, String topic, int bytes) {
        ClientRing ring = rings.begin(topic, bytes + 100, caller);
        Log log = logs.computeIfAbsent(
                topic, name -> new Log(LogIdentity.fresh(Epoch.of(1, name), 1), settings, Gate.opened()));
        Admission published = log.publish(Content.of(1, "", new byte[bytes]), 1, 1, outcome -> {});
        assertTrue(published instanceof Admission.Accepted, published::toString);
        rings.over(ring, bytes + 100);
    }

    private void fill(Caller caller, String topic, long bytes) {
        for (long left = bytes; left > 0; left -= 1_000) {
            publish(caller, topic, 1_000 - 64);
        }
    }

    private long bytes(String topic) {
        return logs.get(topic).bytes();
    }

    private long ofAll() {
        return logs.values().stream().mapToLong(Log::bytes).sum();
    }

    private boolean hasAll(String topic) {
        return logs.get(topic).oldest() == 1;
    }

    @Test
    void isWholeAsLongAsThereIsRoom() {
        fill(SOMEBODY, "t", 2 * BUFFER_BYTES);
        assertTrue(bytes("t") > BUFFER_BYTES - 1_000, () -> "bytes: " + bytes("t"));
        assertEquals(BUFFER_BYTES, logs.get("t").maxBytes());
    }

    @Test
    void oneOwnerHoldsHalfAndItsLargestRingGivesWay() {
        fill(SOMEBODY, "first", BUFFER_BYTES);
        fill(SOMEBODY, "small", 20_000);
        for (int i = 0; i < 10; i++) {
            fill(SOMEBODY, "t" + i, BUFFER_BYTES);
        }
        assertTrue(ofAll() <= MOST / 2, () -> "bytes: " + ofAll());
        assertTrue(ofAll() > MOST / 4, () -> "bytes: " + ofAll());
        assertTrue(rings.bytes() <= MOST / 2, () -> "bytes: " + rings.bytes());
        assertTrue(hasAll("small"));
        assertTrue(logs.get("first").oldest() > 1);
        assertTrue(bytes("first") < BUFFER_BYTES / 4, () -> "bytes: " + bytes("first"));
        logs.forEach((topic, log) -> assertTrue(
                log.read(log.head(), 1, MOST) instanceof Reading.Messages, "the newest message of " + topic));
    }

    @Test
    void noRingGivesWayToAnotherOwner() {
        fill(SOMEBODY, "modest", 100_000);
        for (int i = 0; i < 10; i++) {
            fill(ANOTHER, "t" + i, BUFFER_BYTES);
        }
        assertTrue(hasAll("modest"));
        assertTrue(ofAll() <= MOST, () -> "bytes: " + ofAll());
    }

    /** Whoever publishes there. */
    @Test
    void aRingBelongsToWhoBeganItsTopic() {
        publish(SOMEBODY, "t", 1);
        fill(ANOTHER, "t", 100_000);
        fill(ANOTHER, "own", 300_000);
        for (int i = 0; i < 10; i++) {
            fill(SOMEBODY, "t" + i, BUFFER_BYTES);
        }
        assertTrue(hasAll("own"));
        assertTrue(bytes("t") < 100_000);
    }

    @Test
    void topicsOfTheApplicationDoNotCountAndGiveWayToNone() {
        ofApplication.add("its");
        fill(SOMEBODY, "its", BUFFER_BYTES);
        assertEquals(0, rings.bytes());
        fill(SOMEBODY, "t", BUFFER_BYTES);
        ofApplication.add("t"); // from now on
        for (int i = 0; i < 10; i++) {
            fill(SOMEBODY, "t" + i, BUFFER_BYTES);
        }
        assertTrue(bytes("its") > BUFFER_BYTES - 1_000);
        assertTrue(bytes("t") > BUFFER_BYTES - 1_000);
        assertNull(rings.begin("its", 1, SOMEBODY));
    }

    @Test
    void aMessageThatDoesNotFitIsRefusedAndNothingGoesForIt() {
        settings = TopicSettings.DEFAULTS;
        fill(SOMEBODY, "t", 1_000);
        RequestException refused = assertThrows(RequestException.class, () -> publish(SOMEBODY, "new", MOST / 2));
        assertEquals(RequestException.Kind.OVER_BUDGET, refused.kind());
        assertTrue(refused.why().contains("gapless.gateway.rings"), refused.why());
        assertTrue(hasAll("t"));
        fill(SOMEBODY, "t", 300_000);
        assertThrows(RequestException.class, () -> publish(SOMEBODY, "new", MOST / 2));
        assertTrue(hasAll("t"));
        long before = rings.bytes();
        publish(SOMEBODY, "new", 1_000);
        assertTrue(rings.bytes() > before);
    }

    @Test
    void withBackpressureWhatConsumersLackStaysAndPublishersAreRefused() {
        settings = settings.with(its -> its.overflow = Overflow.BACKPRESSURE);
        publish(SOMEBODY, "t", 1);
        logs.get("t").release(0, 1);
        fill(SOMEBODY, "t", 350_000);
        publish(SOMEBODY, "u", 1);
        logs.get("u").release(0, 1);
        RequestException refused = assertThrows(RequestException.class, () -> publish(SOMEBODY, "new", 300_000));
        assertEquals(RequestException.Kind.OVER_BUDGET, refused.kind());
        assertTrue(hasAll("t"));
        logs.get("t").release(Long.MAX_VALUE, 1);
        publish(SOMEBODY, "new", 300_000);
        assertTrue(ofAll() <= MOST / 2, () -> "bytes: " + ofAll());
    }

    @Test
    void whatIsFreeAgainIsThereForOthers() {
        for (int i = 0; i < 3; i++) {
            fill(Caller.anybody("many" + i), "t" + i, BUFFER_BYTES);
        }
        long before = rings.bytes();
        logs.get("t0").invalidate(1, outcome -> {});
        assertEquals(0, bytes("t0"));
        rings.look();
        assertTrue(rings.bytes() < before - 300_000, () -> "bytes: " + rings.bytes());
        fill(Caller.anybody("many0"), "t0", BUFFER_BYTES);
        assertTrue(bytes("t0") > 270_000, () -> "bytes: " + bytes("t0"));
    }

    @Test
    void ofATopicToWhichNothingWasPublishedNothingIsKept() {
        ClientRing ring = rings.begin("t", 100, SOMEBODY);
        assertTrue(rings.bytes() > 0);
        rings.over(ring, 100);
        assertEquals(0, rings.bytes());
    }

    @Test
    void manyTopicsWithLittleAreBoundedToo() {
        int begun = 0;
        try {
            while (begun < MOST) {
                publish(SOMEBODY, "t" + begun, 1);
                begun++;
            }
        } catch (RequestException refused) {
            assertEquals(RequestException.Kind.OVER_BUDGET, refused.kind());
        }
        assertTrue(begun > 80 && begun < MOST / 2 / ClientRings.TOPIC_BYTES, "topics: " + begun);
        publish(ANOTHER, "other", 1);
    }
}
