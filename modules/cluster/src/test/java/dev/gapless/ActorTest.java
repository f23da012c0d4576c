package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Gap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Subscriptions by actors. */
class ActorTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(
                2, "gapless { topics.small { buffer-messages = 20, reload-backoff.min = 10ms, reload-jitter = 0s } }");
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** The protocol of an application's actor. */
    private sealed interface Command {}

    private record Told(Unconfirmed<Integer> unconfirmed) implements Command {}

    private enum Order implements Command {
        STOP
    }

    /** An actor that notes what it is told, and confirms nothing by itself. */
    private static final class Noting {
        private final List<Unconfirmed<Integer>> told = new ArrayList<>();
        final ActorRef<Command> ref;

        Noting(String name) {
            ref = Adapter.spawn(
                    cluster.system(1),
                    Behaviors.<Command>receiveMessage(message -> {
                        if (message instanceof Told event) {
                            note(event.unconfirmed());
                            return Behaviors.same();
                        }
                        return Behaviors.stopped();
                    }),
                    name);
        }

        private synchronized void note(Unconfirmed<Integer> unconfirmed) {
            told.add(unconfirmed);
        }

        synchronized List<Unconfirmed<Integer>> told() {
            return List.copyOf(told);
        }

        synchronized void confirm(int from, int to) {
            told.subList(from, to).forEach(Unconfirmed::confirm);
        }

        List<Delivery<Integer>> deliveries() {
            return told().stream()
                    .filter(unconfirmed -> unconfirmed.event() instanceof Delivery)
                    .map(unconfirmed -> (Delivery<Integer>) unconfirmed.event())
                    .toList();
        }

        List<Integer> messages() {
            return deliveries().stream().map(Delivery::message).toList();
        }

        Event<Integer> last() {
            return told().get(told().size() - 1).event();
        }
    }

    private static Subscription subscribe(Topic<Integer> topic, int window, Noting actor) {
        SubscriptionSettings settings = SubscriptionSettings.defaults().withWindow(window);
        Subscription subscription =
                cluster.gapless(1).subscribe(topic, StartFrom.latest(), settings, actor.ref, Told::new);
        get(subscription.ready());
        return subscription;
    }

    private static Recorder<Integer> level(Topic<Integer> topic) {
        Recorder<Integer> level = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), level).ready());
        return level;
    }

    private static void publish(Topic<Integer> topic, int from, int to) {
        IntStream.rangeClosed(from, to)
                .forEach(i -> get(cluster.gapless(0).producer(topic).publish(i)));
    }

    private static long positionOf(Subscription subscription) {
        return subscription
                .token()
                .positions()
                .get(cluster.gapless(0).nodeName())
                .sequence();
    }

    @Test
    void noMoreThanTheWindowIsUnconfirmedAndTheTokenStaysInFrontOfTheOldest() {
        Topic<Integer> topic = Topic.of("window", Integer.class);
        Noting actor = new Noting("window");
        Recorder<Integer> level = level(topic);
        Subscription subscription = subscribe(topic, 4, actor);
        for (int i = 1; i <= 10; i++) {
            publish(topic, i, i); // one at a time: the window is no batch
            int count = i;
            await(() -> level.messages().size() == count && actor.messages().size() == Math.min(4, count));
        }
        assertEquals(0, positionOf(subscription));
        actor.confirm(1, 3);
        actor.confirm(1, 3); // which changes nothing
        assertEquals(0, positionOf(subscription));
        actor.confirm(0, 1);
        await(() -> actor.messages().size() == 7);
        assertEquals(3, positionOf(subscription));
        actor.confirm(3, 7);
        await(() -> actor.messages().size() == 10);
        actor.confirm(7, 10);
        await(() -> positionOf(subscription) == 10);
        assertEquals(IntStream.rangeClosed(1, 10).boxed().toList(), actor.messages());
        Noting resumed = new Noting("resumed");
        get(cluster.gapless(1)
                .subscribe(
                        topic,
                        StartFrom.token(subscription.token()),
                        SubscriptionSettings.defaults(),
                        resumed.ref,
                        Told::new)
                .ready());
        publish(topic, 11, 11);
        await(() -> resumed.messages().equals(List.of(11)));
    }

    @Tag("seconds")
    @Test
    void anActorThatNeverConfirmsHarmsItselfAloneAndIsToldWhatItMissed() {
        Topic<Integer> topic = Topic.of("small", Integer.class);
        Noting actor = new Noting("never");
        Recorder<Integer> level = level(topic);
        Subscription subscription = subscribe(topic, 3, actor);
        for (int i = 1; i <= 300; i++) {
            publish(topic, i, i);
            int last = i;
            await(() -> level.messages().contains(last)
                    && actor.messages().size() == Math.min(3, last)); // or the fourth is read together with the third
        }
        assertEquals(300, level.events().size());
        assertEquals(List.of(1, 2, 3), actor.messages());

        actor.confirm(0, 2);
        await(() -> positionOf(subscription) == 2);
        for (int i = 301; i <= 320; i++) { // it looks each time
            publish(topic, i, i);
            int last = i;
            await(() -> level.messages().contains(last));
        }
        assertEquals(3, actor.told().size(), "an expiry comes when all before it is confirmed");
        actor.confirm(2, 3);
        await(() -> actor.told().size() == 4);
        CursorExpired<Integer> expired = (CursorExpired<Integer>) actor.last();
        Gap gap = expired.gaps().get(0);
        assertEquals(4, gap.firstMissing());
        publish(topic, 321, 321);
        await(() -> level.messages().contains(321));
        assertEquals(4, actor.told().size(), "nothing comes before the expiry is confirmed");
        assertEquals(3, positionOf(subscription));

        actor.told().get(3).fail(new IllegalStateException("no database"));
        await(() -> actor.told().size() == 5);
        assertEquals(expired.gaps(), ((CursorExpired<Integer>) actor.last()).gaps());
        actor.told().get(3).confirm(); // too late: it has failed
        CompletableFuture<Reload> reload = new CompletableFuture<>();
        actor.told().get(4).confirmWith(reload);
        assertEquals(5, actor.told().size());
        reload.complete(Reload.done());
        await(() -> {
            if (actor.last() instanceof CursorExpired) { // the ring went on meanwhile
                actor.confirm(actor.told().size() - 1, actor.told().size());
            }
            publish(topic, 0, 0); // whether anything follows what it missed or not
            return actor.messages().size() == 6;
        });
        long missed = actor.told().stream()
                .skip(4) // the first one came twice
                .takeWhile(unconfirmed -> unconfirmed.event() instanceof CursorExpired)
                .mapToLong(unconfirmed -> ((CursorExpired<Integer>) unconfirmed.event())
                        .gaps()
                        .get(0)
                        .missed())
                .sum();
        assertEquals(
                3 + missed + 1,
                actor.deliveries().get(3).position().sequence(),
                "the first three, what was missed, and what follows");
    }

    @Test
    void confirmingTwiceConfirmsNothingElseAndWhatComesAfterAConfirmationIsIgnored() {
        Topic<Integer> topic = Topic.of("twice", Integer.class);
        Noting actor = new Noting("twice");
        Recorder<Integer> level = level(topic);
        Subscription subscription = subscribe(topic, 2, actor);
        publish(topic, 1, 10);
        await(() -> level.messages().size() == 10 && actor.messages().size() == 2);
        Unconfirmed<Integer> first = actor.told().get(0);
        for (int i = 0; i < 5; i++) {
            first.confirm();
        }
        first.fail(new IllegalStateException("after it was confirmed"));
        first.confirmWith(CompletableFuture.failedFuture(new IllegalStateException("likewise")));
        await(() -> positionOf(subscription) == 1 && actor.messages().size() == 3);
        actor.confirm(2, 3);
        actor.confirm(2, 3);
        assertEquals(1, positionOf(subscription), "the second is not confirmed");
        actor.confirm(1, 2);
        await(() -> positionOf(subscription) == 3 && actor.messages().size() == 5);
        first.confirm();
        actor.confirm(3, 4);
        await(() -> positionOf(subscription) == 4 && actor.messages().size() == 6);
        assertEquals(List.of(1, 2, 3, 4, 5, 6), actor.messages(), "no more than two are unconfirmed");
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
    }

    @Tag("seconds")
    @Test
    void anExpiryThatIsConfirmedTwicePassesOnlyItself() {
        Topic<Integer> topic = Topic.of("small", Integer.class);
        Noting actor = new Noting("expiry-twice");
        Subscription subscription = subscribe(topic, 2, actor);
        Recorder<Integer> level = level(topic);
        for (int round = 1; round <= 2; round++) {
            subscription.pause();
            for (int i = 1; i <= 50; i++) {
                int last = 100 * round + i;
                publish(topic, last, last);
                await(() -> level.messages().contains(last));
            }
            subscription.resume();
            await(() -> {
                if (actor.told().size() > 0 && !(actor.last() instanceof CursorExpired)) { // read while it paused
                    actor.confirm(0, actor.told().size());
                }
                return actor.told().size() > 0 && actor.last() instanceof CursorExpired;
            });
            int expiries = actor.told().size();
            Unconfirmed<Integer> expiry = actor.told().get(expiries - 1);
            expiry.confirm(Reload.done());
            expiry.confirm(Reload.done());
            expiry.fail(new IllegalStateException("after it was confirmed"));
            Gap gap = ((CursorExpired<Integer>) expiry.event()).gaps().get(0);
            Delivery<Integer> newest =
                    (Delivery<Integer>) level.events().get(level.events().size() - 1);
            long behind = newest.position().sequence() - (gap.firstMissing() + gap.missed() - 1); // it has not missed
            await(() -> actor.told().size() == expiries + Math.min(2, behind));
            for (int i = 51; i <= 52; i++) {
                int last = 100 * round + i;
                publish(topic, last, last);
                await(() -> level.messages().contains(last));
            }
            await(() -> actor.told().size() == expiries + 2);
            for (int confirmed = expiries; confirmed < expiries + behind + 2; confirmed++) {
                int next = confirmed;
                await(() -> actor.told().size() > next);
                actor.confirm(next, next + 1);
            }
        }
        List<CursorExpired<?>> expired = actor.told().stream()
                .filter(unconfirmed -> unconfirmed.event() instanceof CursorExpired)
                .<CursorExpired<?>>map(unconfirmed -> (CursorExpired<?>) unconfirmed.event())
                .toList();
        assertEquals(2, expired.size());
        assertEquals(
                104,
                actor.messages().size()
                        + expired.stream()
                                .mapToLong(each -> each.gaps().get(0).missed())
                                .sum());
        get(subscription.cancel());
    }

    @Test
    void theSubscriptionEndsWhenTheActorStops() {
        Topic<Integer> topic = Topic.of("stops", Integer.class);
        Noting actor = new Noting("stops");
        Subscription subscription = subscribe(topic, 4, actor);
        publish(topic, 1, 3);
        await(() -> actor.messages().size() == 3);
        actor.confirm(0, 1);
        await(() -> positionOf(subscription) == 1);
        actor.ref.tell(Order.STOP);
        assertEquals(Ended.Reason.CANCELLED, get(subscription.whenEnded()));
        assertEquals(1, positionOf(subscription));
        Subscription late = cluster.gapless(1)
                .subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults(), actor.ref, Told::new);
        assertEquals(Ended.Reason.CANCELLED, get(late.whenEnded()));
    }

    @Test
    void anActorIsToldThatItsSubscriptionHasEnded() {
        Topic<Integer> topic = Topic.of("ended", Integer.class);
        Noting actor = new Noting("ended");
        Subscription subscription = subscribe(topic, 1, actor);
        publish(topic, 1, 2);
        await(() -> actor.messages().size() == 1);
        assertEquals(Ended.Reason.CANCELLED, get(subscription.cancel()));
        await(() -> actor.told().size() == 2);
        assertEquals(
                0,
                assertInstanceOf(Ended.class, actor.last())
                        .token()
                        .positions()
                        .get(cluster.gapless(0).nodeName())
                        .sequence());
        actor.confirm(0, 2);
        actor.told().get(0).fail(new IllegalStateException("late"));
        assertEquals(2, actor.told().size());
    }

    @Test
    void whatAnActorCannotDealWithEndsItsSubscription() {
        Topic<Integer> topic = Topic.of("failing", Integer.class);
        Noting actor = new Noting("failing");
        Subscription subscription = subscribe(topic, 4, actor);
        publish(topic, 1, 2);
        await(() -> actor.messages().size() == 2);
        IllegalStateException cause = new IllegalStateException("no");
        actor.told().get(1).fail(cause);
        assertEquals(Ended.Reason.FAILED, get(subscription.whenEnded()));
        await(() -> actor.told().size() == 3);
        assertEquals(cause, ((Ended<Integer>) actor.last()).cause());
        Subscription unwrapped = cluster.gapless(1)
                .subscribe(topic, StartFrom.earliest(), SubscriptionSettings.defaults(), actor.ref, event -> {
                    throw cause;
                });
        assertEquals(Ended.Reason.FAILED, get(unwrapped.whenEnded()));
    }

    /** A classic actor that confirms at once. */
    private static final class Classic extends AbstractActor {
        private final Recorder<Integer> recorder;

        Classic(Recorder<Integer> recorder) {
            this.recorder = recorder;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Unconfirmed.class, unconfirmed -> {
                        recorder.note(((Unconfirmed<Integer>) unconfirmed).event());
                        unconfirmed.confirm();
                    })
                    .build();
        }
    }

    @Test
    void aClassicActorSubscribesLikewise() {
        Topic<Integer> topic = Topic.of("classic", Integer.class);
        Recorder<Integer> recorder = new Recorder<>();
        ActorRef<Object> classic =
                Adapter.toTyped(cluster.system(1).actorOf(Props.create(Classic.class, () -> new Classic(recorder))));
        get(cluster.gapless(1)
                .subscribe(
                        topic, StartFrom.latest(), SubscriptionSettings.defaults(), classic, unconfirmed -> unconfirmed)
                .ready());
        publish(topic, 1, 1000);
        await(() -> recorder.messages().size() == 1000);
        assertEquals(IntStream.rangeClosed(1, 1000).boxed().toList(), recorder.messages());
    }

    @Test
    void aWindowOfNothingIsRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> SubscriptionSettings.defaults().withWindow(0));
        assertTrue(SubscriptionSettings.defaults().window().isEmpty());
    }

    @Test
    void ofSubscriptionsByActorsThatHaveStoppedNothingIsLeft() {
        Topic<Integer> topic = Topic.of("stopped before", Integer.class);
        Noting stopped = new Noting("stopped-before");
        stopped.ref.tell(Order.STOP);
        List<CompletionStage<Ended.Reason>> ended = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            ended.add(cluster.gapless(1)
                    .subscribe(topic, StartFrom.latest(), SubscriptionSettings.defaults(), stopped.ref, Told::new)
                    .whenEnded());
        }
        ended.forEach(each -> assertEquals(Ended.Reason.CANCELLED, get(each)));
        await(() -> get(cluster.gapless(1).status(Duration.ofSeconds(5))).stream()
                .flatMap(status -> status.topics().stream())
                .noneMatch(status -> status.topic().equals(topic.name()) && status.consumer() != null));
    }
}
