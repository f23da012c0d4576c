package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What the source of truth is asked for when all subscriptions of a node miss something, in virtual time. */
class ManyReloadsTest {
    private static final Topic<Integer> TOPIC = Topic.of("numbers", Integer.class);

    private static final long JITTER_MS = 200;

    /** One of those that reload from the same source. */
    private static final class Reader implements MessageHandler<Integer> {
        final GaplessTestKit kit;
        final List<Instant> reloads = new ArrayList<>();
        int last;

        Reader(GaplessTestKit kit) {
            this.kit = kit;
        }

        @Override
        public void onMessage(Delivery<Integer> delivery) {
            if (!delivery.isDeleted()) {
                last = delivery.message();
            }
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<Integer> expired) {
            reloads.add(kit.now());
            return CompletableFuture.completedFuture(Reload.done());
        }
    }

    private static List<Reader> readers(GaplessTestKit kit, int number) {
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Reader reader = new Reader(kit);
            readers.add(reader);
            kit.node("app").subscribe(TOPIC, reader);
        }
        return readers;
    }

    /** How many reloads began in each tenth of the jitter after the first one. */
    private static Collection<Integer> reloadsByTenths(List<Reader> readers) {
        List<Instant> all = readers.stream()
                .flatMap(reader -> reader.reloads.stream())
                .sorted()
                .toList();
        Map<Long, Integer> tenths = new TreeMap<>();
        all.forEach(at ->
                tenths.merge(Duration.between(all.get(0), at).toMillis() / (JITTER_MS / 10), 1, Integer::sum));
        return tenths.values();
    }

    @Test
    void rowO4_tenThousandReloadsAtOnceAreSpreadByTheJitter() {
        for (boolean jitter : new boolean[] {true, false}) {
            String config = "gapless { buffer-messages = 8, reload-jitter = " + (jitter ? JITTER_MS : 0) + "ms }";
            try (GaplessTestKit kit = GaplessTestKit.create(config)) {
                TestNode feed = kit.node("feed");
                List<Reader> readers = readers(kit, jitter ? 10_000 : 1_000);
                feed.overrun(TOPIC);
                kit.pass(Duration.ofSeconds(2));
                assertTrue(readers.stream().allMatch(reader -> reader.reloads.size() == 1));
                Collection<Integer> tenths = reloadsByTenths(readers);
                if (jitter) {
                    assertEquals(10, tenths.size(), tenths::toString);
                    assertTrue(Collections.max(tenths) < 1_200, tenths::toString);
                } else {
                    assertEquals(List.of(1_000), List.copyOf(tenths));
                }
                feed.publish(TOPIC, 7);
                assertTrue(readers.stream().allMatch(reader -> reader.last == 7));
            }
        }
    }

    @Test
    void resyncStampede_howeverOftenAllMissSomethingEachReloadsOnceInTheIntervalAndNotAllAtOnce() {
        try (GaplessTestKit kit = GaplessTestKit.create(
                "gapless { buffer-messages = 8, reload-interval = 1h, reload-jitter = " + JITTER_MS + "ms }")) {
            TestNode feed = kit.node("feed");
            List<Reader> readers = readers(kit, 1_000);
            Instant begin = kit.now();
            for (int i = 0; i < 10; i++) {
                feed.overrun(TOPIC);
                kit.pass(Duration.ofSeconds(2));
            }
            assertTrue(Duration.between(begin, kit.now()).toMinutes() < 60);
            for (Reader reader : readers) {
                assertEquals(1, reader.reloads.size(), () -> begin + " " + kit.now() + " " + reader.reloads);
            }
            kit.pass(Duration.ofHours(1));
            for (Reader reader : readers) {
                assertEquals(2, reader.reloads.size(), "one for the first, one for all others");
                Duration apart = Duration.between(reader.reloads.get(0), reader.reloads.get(1));
                assertTrue(apart.toHours() >= 1, apart::toString);
            }
            assertTrue(
                    Collections.max(reloadsByTenths(readers)) < 300,
                    () -> reloadsByTenths(readers).toString());
            feed.publish(TOPIC, 7);
            assertTrue(readers.stream().allMatch(reader -> reader.last == 7));
        }
    }
}
