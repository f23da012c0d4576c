package dev.gapless;

import static dev.gapless.TestCluster.await;
import static dev.gapless.TestCluster.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.migrating.Examples;
import dev.gapless.migrating.Index;
import dev.gapless.migrating.News;
import dev.gapless.migrating.News.Missed;
import dev.gapless.migrating.News.Price;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The programs of docs/migrating.md run, before and after, and the latter are told what they missed. */
class MigratingExamplesTest {
    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.of(2, """
                gapless.buffer-messages = 20
                pekko.actor.serialization-bindings {
                  "dev.gapless.migrating.News" = jackson-cbor
                  "dev.gapless.migrating.Index$Document" = jackson-cbor
                }
                """);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** An actor that notes what it is told. */
    private static final class Reader<T> {
        private final List<T> told = new ArrayList<>();
        final ActorRef<T> ref;

        Reader(String name) {
            ref = Adapter.spawn(cluster.system(1), Behaviors.<T>receiveMessage(this::note), name);
        }

        private synchronized Behavior<T> note(T message) {
            told.add(message);
            return Behaviors.same();
        }

        synchronized List<T> told() {
            return List.copyOf(told);
        }
    }

    private static Price price(int value) {
        return new Price("EURUSD", value);
    }

    @Test
    void theTopicActorOfPekkoAndThatOfGaplessAreUsedAlike() {
        ActorSystem system = cluster.system(1);
        Reader<News> before = new Reader<>("before");
        Reader<News> after = new Reader<>("after");
        ActorRef<Price> pekko = Adapter.spawn(system, Examples.pekkoTopic(before.ref), "pekko");
        ActorRef<Price> gapless = Adapter.spawn(system, Examples.gaplessTopic(after.ref), "gapless-topic");
        pekko.tell(price(1));
        gapless.tell(price(1));
        await(() -> before.told().equals(List.of(price(1))) && after.told().equals(List.of(price(1))));

        Producer<News> elsewhere = cluster.gapless(0).producer(Topic.of("prices", News.class));
        await(() -> {
            IntStream.rangeClosed(1, 1000).forEach(i -> elsewhere.publish(price(i)));
            return after.told().stream().anyMatch(news -> news instanceof Missed);
        });
    }

    /** A classic actor that confirms whatever it is told of Gapless. */
    private static final class ClassicReader extends AbstractActor {
        private final Recorder<Price> recorder;
        private final List<Price> plain;

        ClassicReader(Recorder<Price> recorder, List<Price> plain) {
            this.recorder = recorder;
            this.plain = plain;
        }

        @Override
        @SuppressWarnings("unchecked")
        public Receive createReceive() {
            return receiveBuilder()
                    .match(Price.class, plain::add)
                    .match(Unconfirmed.class, unconfirmed -> {
                        recorder.note(((Unconfirmed<Price>) unconfirmed).event());
                        unconfirmed.confirm();
                    })
                    .matchAny(other -> {})
                    .build();
        }
    }

    @Test
    void theMediatorHasASubscriptionInItsPlace() {
        Recorder<Price> recorder = new Recorder<>();
        List<Price> plain = java.util.Collections.synchronizedList(new ArrayList<>());
        org.apache.pekko.actor.ActorRef reader =
                cluster.system(1).actorOf(Props.create(ClassicReader.class, () -> new ClassicReader(recorder, plain)));
        org.apache.pekko.actor.ActorRef mediator = Examples.mediator(cluster.system(1), reader);
        await(() -> {
            Examples.publishBefore(mediator, price(1));
            return plain.contains(price(1));
        });

        Topic<Price> topic = Topic.of("quotes", Price.class);
        get(Examples.mediatorAfter(cluster.gapless(1), reader).ready());
        Examples.publishAfter(cluster.gapless(0), topic, price(2));
        await(() -> recorder.messages().contains(price(2)));
    }

    /** Notes what it is given, as far as it is not held up, and is rebuilt when it is told. */
    private static final class NotedIndex implements Index {
        private final List<Document> documents = new ArrayList<>();
        final AtomicReference<CompletableFuture<Boolean>> rebuilding = new AtomicReference<>();
        volatile CompletableFuture<Boolean> goesOn = CompletableFuture.completedFuture(true);

        @Override
        public void put(Document document) {
            synchronized (this) {
                documents.add(document);
            }
            goesOn.join();
        }

        @Override
        public CompletionStage<?> rebuild() {
            rebuilding.set(new CompletableFuture<>());
            return rebuilding.get();
        }

        synchronized List<Document> documents() {
            return List.copyOf(documents);
        }
    }

    private static List<Index.Document> documents(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> new Index.Document("d" + i, "text"))
                .toList();
    }

    @Test
    void anIndexerWithControllersAndOneWithASubscriptionGetTheSame() {
        NotedIndex controlled = new NotedIndex();
        Examples.controlled(cluster.system(1), controlled, documents(1, 50));
        await(() -> controlled.documents().size() == 50);
        assertEquals(documents(1, 50), controlled.documents());

        Topic<Index.Document> topic = Topic.of("documents", Index.Document.class);
        NotedIndex index = new NotedIndex();
        Recorder<Index.Document> level = new Recorder<>();
        get(cluster.gapless(1).subscribe(topic, StartFrom.latest(), level).ready());
        Adapter.spawn(cluster.system(1), Examples.indexer(cluster.gapless(1), topic, index), "indexer");
        Producer<Index.Document> producer = cluster.gapless(0).producer(topic);
        await(() -> {
            get(producer.publish(new Index.Document("first", "text")));
            return !index.documents().isEmpty();
        });
        index.goesOn = new CompletableFuture<>();
        documents(1, 1000).forEach(document -> get(producer.publish(document)));
        index.goesOn.complete(true);
        await(() -> {
            get(producer.publish(new Index.Document("behind", "text")));
            return index.rebuilding.get() != null;
        });
        int given = index.documents().size();
        Index.Document last = new Index.Document("last", "text");
        await(() -> {
            get(producer.publish(last));
            return level.messages().contains(last);
        });
        assertEquals(given, index.documents().size(), "nothing comes while it is rebuilt");
        await(() -> {
            index.rebuilding.get().complete(true); // and again, if more was missed meanwhile
            get(producer.publish(last));
            return index.documents().contains(last);
        });
    }

    @Test
    void aListenerThatKeepsItsPositionGoesOnBehindIt() {
        Topic<Price> topic = Topic.of("kept", Price.class);
        AtomicReference<String> kept = new AtomicReference<>();
        Map<String, Price> cache = new ConcurrentHashMap<>();
        Producer<Price> producer = cluster.gapless(0).producer(topic);
        Subscription first = Examples.listen(cluster.gapless(1), topic, cache, List::of, kept);
        get(first.ready());
        get(producer.publish(price(1)));
        await(() -> price(1).equals(cache.get("EURUSD")));
        get(first.cancel());
        get(producer.publish(new Price("XAU", 1)));

        Subscription second = Examples.listen(cluster.gapless(1), topic, cache, List::of, kept);
        await(() -> cache.containsKey("XAU"));
        get(second.cancel());
        IntStream.rangeClosed(1, 100).forEach(i -> get(producer.publish(new Price("missed", i))));
        Subscription third =
                Examples.listen(cluster.gapless(1), topic, cache, () -> List.of(new Price("missed", 100)), kept);
        await(() -> cache.containsKey("missed"));
        assertEquals(100, cache.get("missed").value());
        assertTrue(kept.get().length() > 20);
        get(third.cancel());
    }
}
