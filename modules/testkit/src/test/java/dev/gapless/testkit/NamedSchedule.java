package dev.gapless.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Health;
import dev.gapless.MessageHandler;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in virtual time, at random: two nodes publish to a durable topic, and a third has a named subscription, one life after the other. Its
 * node crashes, leaves and restarts; its store fails, and is put back to a copy; another one takes the name over; links are cut, rings are overrun,
 * publishers crash and are lost. What each life is given is judged.
 *
 * <p>A message is {@code NODE:NUMBER}, and the numbers of a node follow each other.
 */
final class NamedSchedule implements AutoCloseable {
    private static final Topic<String> ORDERS = Topic.of("orders", String.class);
    private static final String SETTINGS = """
            gapless {
              durability = journal
              buffer-messages = 8
              durable-return-timeout = 3s
              reload-backoff { min = 50ms, max = 1s }
            }
            """;
    private static final int STEPS = 80;
    private static final int LONGEST_MS = 1_500;
    private static final Duration QUIET = Duration.ofSeconds(70); // whoever lost the name knows it within a minute

    private final Random random;
    private final GaplessTestKit kit = GaplessTestKit.create(SETTINGS);
    private final List<TestNode> writers = List.of(kit.node("a"), kit.node("b"));
    private final TestNode app = kit.node("app");
    private final Map<String, Integer> published = new HashMap<>(Map.of("a", 0, "b", 0));
    private final Set<TestNode> down = new HashSet<>();
    private final List<Life> lives = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    /** By writer: what nobody was told of yet. */
    private final Map<String, String> toBeTold = new HashMap<>();
    /** For people. */
    private final List<String> happened = new ArrayList<>();

    /** By writer: all up to there was handled, or reloaded, by some life; null before one was ready. */
    private @Nullable Map<String, Integer> floor;
    /** By writer: what it had published when it was missed and reloaded. Of that some may come yet, and some of it be left out (S3.2, T2.4). */
    private final Map<String, Integer> reloaded = new HashMap<>();
    /**
     * By writer: the last message of the last life, if that ended in good order and its last token was stored: nothing of it comes again. Null if it
     * may.
     */
    private @Nullable Map<String, Integer> storedAt;

    private boolean storeFails;
    private @Nullable Boolean copyHasToken;

    /** How often it began again, was given something again, was told, and a store failed. */
    int resumed;

    int again;
    int told;
    int failures;
    int takenOver;

    NamedSchedule(long seed) {
        random = new Random(seed);
        opens();
    }

    /** One subscription with the name. */
    private final class Life implements MessageHandler<String> {
        private final Map<String, Integer> last = new HashMap<>();
        private final boolean isFirst = floor == null;
        private final @Nullable Map<String, Integer> givenBefore = storedAt;
        /** Where those before had come to when it had the name. */
        private @Nullable Map<String, Integer> begins;

        private final int number = lives.size() + 1;
        private boolean ready;
        private boolean over;
        private @Nullable TestSubscription<String> subscription;

        @Override
        public void onMessage(Delivery<String> delivery) {
            String writer = delivery.message().split(":", -1)[0];
            int number = Integer.parseInt(delivery.message().split(":", -1)[1]);
            Integer before = last.get(writer);
            int upTo = reloaded.getOrDefault(writer, 0);
            if (over) {
                must(false, delivery, "after its end");
            } else if (before != null) {
                must(number > before, delivery, "having had " + before);
                skips(number - 1, Math.max(before, upTo), delivery);
            } else if (!isFirst) {
                int has = begins().getOrDefault(writer, 0);
                boolean mayComeAgain = givenBefore == null || reloaded.containsKey(writer);
                skips(number - 1, Math.max(has, upTo), delivery);
                must(
                        mayComeAgain || number > givenBefore.getOrDefault(writer, 0),
                        delivery,
                        "though its token was stored in good order");
                again += number <= has ? 1 : 0;
            }
            happened.add("life " + this.number + " is given " + delivery.message());
            last.put(writer, number);
            rises(writer, number);
        }

        private void must(boolean holds, Delivery<String> delivery, String what) {
            if (!holds) {
                wrong.add("life " + number + " is given " + delivery.message() + ", " + what);
            }
        }

        /** The loss of an incarnation without a name may be told behind what its successor published (known limits). */
        private void skips(int upTo, int from, Delivery<String> delivery) {
            if (upTo > from) {
                toBeTold.put(
                        delivery.message().split(":", -1)[0],
                        "life " + number + " is given " + delivery.message() + ", of which all up to " + from
                                + " was handled");
            }
        }

        /** While the store fails the one before goes on, and stores how far before this one has the name. */
        private Map<String, Integer> begins() {
            if (begins == null) {
                begins = floor == null ? Map.of() : new HashMap<>(floor);
            }
            return begins;
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            told++;
            happened.add("life " + number + " is told " + expired.gaps());
            for (Gap gap : expired.gaps()) {
                for (TestNode writer : writers) {
                    if (concerns(gap, writer)) {
                        int now = published.get(writer.name());
                        reloaded.put(writer.name(), now);
                        if (gap.node() == null || !gap.node().equals(writer.name())) {
                            toBeTold.remove(writer.name());
                        }
                        rises(writer.name(), now);
                    }
                }
            }
            return CompletableFuture.completedFuture(Reload.done());
        }

        /** A node whose name was not known yet goes by its address. */
        private static boolean concerns(Gap gap, TestNode writer) {
            return gap.node() == null
                    || gap.node().equals(writer.name())
                    || gap.node().startsWith(writer.name() + ":");
        }

        @Override
        public void onEnded(Ended<String> ended) {
            over = true;
            if (ended.reason() == Ended.Reason.TAKEN_OVER) {
                takenOver++;
            } else if (ended.reason() == Ended.Reason.FAILED) {
                wrong.add("life " + number + " has failed: " + ended.cause());
            }
        }

        private void isReady() {
            ready = true;
            if (floor == null) {
                floor = new HashMap<>(published);
            }
            begins();
        }

        /** Has it got everything, or reloaded it? */
        private void hasAll() {
            published.forEach((writer, number) -> {
                int has = Math.max(
                        Math.max(last.getOrDefault(writer, 0), reloaded.getOrDefault(writer, 0)),
                        last.containsKey(writer) ? 0 : begins().getOrDefault(writer, isFirst ? number : 0));
                assertEquals(number, has, "of " + writer);
            });
        }
    }

    private void rises(String writer, int number) {
        if (floor != null) {
            floor.merge(writer, number, Math::max);
        }
    }

    // ------------------------------------------------------------------ lives

    private @Nullable Life current() {
        Life last = lives.isEmpty() ? null : lives.get(lives.size() - 1);
        return last == null || last.over || down.contains(app) ? null : last;
    }

    private void opens() {
        Life life = new Life();
        lives.add(life);
        if (!storeFails) {
            life.begins();
        }
        storedAt = null;
        resumed += life.isFirst ? 0 : 1;
        life.subscription = app.subscribe(
                ORDERS, StartFrom.latest(), SubscriptionSettings.defaults().named("billing"), life);
        var unused = life.subscription.ready().whenComplete((ready, failure) -> {
            if (failure == null) {
                life.isReady();
            }
        });
    }

    private void cancels() {
        Life life = current();
        if (life == null || life.subscription == null) {
            return;
        }
        boolean isStored = life.ready
                && !storeFails
                && lives.stream().filter(one -> !one.over).count() == 1;
        CompletableFuture<Ended.Reason> end = life.subscription.cancel().toCompletableFuture();
        if (isStored) {
            assertEquals(Ended.Reason.CANCELLED, end.join());
            storedAt = new HashMap<>(life.last);
        }
        life.over = true;
    }

    private void appGoes() {
        boolean isStored =
                !storeFails && lives.stream().filter(one -> !one.over).count() == 1;
        Life life = current();
        if (random.nextBoolean()) {
            app.leave();
            if (isStored) {
                storedAt = life != null && life.ready ? new HashMap<>(life.last) : null;
            }
        } else {
            app.crash();
            if (life != null) {
                storedAt = null;
            }
        }
        lives.forEach(one -> one.over = true);
        down.add(app);
    }

    private void appIsBack() {
        if (copyHasToken != null && random.nextInt(4) == 0) {
            app.putBackStore();
            storedAt = null;
            floor = Boolean.TRUE.equals(copyHasToken) ? floor : null;
        }
        down.remove(app);
        app.start();
        opens();
    }

    // ------------------------------------------------------------------ what happens

    private void step() {
        TestNode writer = writers.get(random.nextInt(writers.size()));
        int what = random.nextInt(20);
        happened.add(kit.now() + " " + what + " " + writer + ", published " + published + ", down " + down
                + ", handled " + floor);
        switch (what) {
            case 0, 1, 2, 3, 4, 5 -> publish(writer);
            case 6 -> kit.cut(writer, app);
            case 7 -> kit.reconnect(writer, app);
            case 8 -> overrun(writer);
            case 9, 10 -> writerGoes(writer);
            case 11, 12 -> {
                if (down.contains(app)) {
                    appIsBack();
                } else {
                    appGoes();
                }
            }
            case 13 -> fails(!storeFails);
            case 14 -> cancels();
            case 15 -> {
                if (!down.contains(app)) {
                    opens(); // also while the one before goes on
                }
            }
            case 16 -> copy();
            default -> kit.pass(Duration.ofMillis(random.nextInt(LONGEST_MS)));
        }
    }

    private void publish(TestNode writer) {
        if (!down.contains(writer)) {
            int number = published.merge(writer.name(), 1, Integer::sum);
            writer.publish(ORDERS, writer.name() + ":" + number);
        }
    }

    private void overrun(TestNode writer) {
        kit.cut(writer, app);
        for (int i = 0; i < 10; i++) {
            publish(writer);
        }
    }

    private void writerGoes(TestNode writer) {
        if (down.remove(writer)) {
            writer.start();
            return;
        }
        if (random.nextInt(4) == 0) {
            writer.lose();
            down.add(writer);
        } else if (random.nextBoolean()) {
            writer.crash();
            down.add(writer);
        } else {
            writer.restart();
        }
    }

    private void fails(boolean fails) {
        storeFails = fails;
        if (fails) {
            failures++;
            app.failStore();
        } else {
            app.mendStore();
        }
    }

    private void copy() {
        app.backUpStore();
        copyHasToken = floor != null;
    }

    private void settle() {
        if (storeFails) {
            fails(false);
        }
        for (TestNode writer : writers) {
            if (down.contains(writer)) {
                writerGoes(writer);
            }
            kit.reconnect(writer, app);
        }
        if (down.contains(app)) {
            appIsBack();
        } else if (current() == null) {
            opens();
        }
        writers.forEach(this::publish);
        kit.pass(QUIET);
        Life last = lives.get(lives.size() - 1);
        last.hasAll();
        assertEquals(1, lives.stream().filter(life -> !life.over).count(), "one has the name");
        Health health = app.gapless().health();
        assertEquals(Health.State.UP, health.state(), health::toString);
    }

    /** All of it, until nothing happens any more. */
    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
            assertEquals(List.of(), wrong);
        }
        settle();
        assertEquals(List.of(), wrong);
        assertEquals(Map.of(), toBeTold);
    }

    String happened() {
        return String.join("\n", happened);
    }

    @Override
    public void close() {
        kit.close();
    }
}
