package dev.gapless.core.consumer;

import static dev.gapless.core.Given.TOPIC;
import static dev.gapless.core.Given.content;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Given;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.Step;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Generation;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.producer.ProducerState;
import dev.gapless.core.subscription.FeedSubscription;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToConsumer;
import dev.gapless.core.wire.ToProducer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A consumer of one topic, and its producers on other nodes, with all messages between them: they arrive when a test says so. */
final class OneTopic {
    static final long CONSUMER = 1_000_000;
    private static final long MS = 1_000_000;

    final List<ToProducer> sent = new ArrayList<>();
    /** By the number of the subscription those that {@code ready()} went on without. */
    final Map<Long, Set<String>> ready = new LinkedHashMap<>();
    /** The subscriptions for which something arrived; null for all. */
    final List<@Nullable Long> arrived = new ArrayList<>();

    final FeedConsumer consumer;
    private final TopicSettings settings;
    private final Map<Long, ProducerState> producers = new HashMap<>();
    /** By the name of their node the records of durable logs. */
    private final Map<String, TreeMap<Long, LogRecord>> stores = new HashMap<>();

    private final Map<Long, String> members = new LinkedHashMap<>();
    private final Map<Long, String> storeOf = new HashMap<>();
    private final Map<Long, Long> since = new HashMap<>();
    private final Set<Long> unreachable = new HashSet<>();
    private final List<Departure> departures = new ArrayList<>();
    private final Map<Long, Reader> readers = new LinkedHashMap<>();
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private long historyId = Given.HISTORY;
    private boolean up;
    private long sessions;
    private Now now = new Now(10_000_000, 0);
    private int mostReaders;

    /** Somebody who reads a subscription, and all that it was given and announced. */
    final class Reader {
        final long id;
        final FeedSubscription state;
        final List<Gap> gaps = new ArrayList<>();
        final List<Step.Left> left = new ArrayList<>();
        int reloads;
        private final Map<Epoch, List<Long>> given = new HashMap<>();
        private boolean stands;

        private Reader(long id, FeedSubscription state) {
            this.id = id;
            this.state = state;
        }

        /** From now on it reads nothing. */
        Reader stands() {
            stands = true;
            return this;
        }

        Reader goesOn() {
            stands = false;
            return this;
        }

        List<Long> given(Stream stream) {
            return given.getOrDefault(stream.epoch(), List.of());
        }

        /** It was given these of a stream, each once, in order, and told nothing. */
        void hasAll(Stream stream, long first, long last) {
            assertEquals(List.of(), gaps);
            List<Long> all = given(stream);
            for (int i = 0; i < all.size(); i++) {
                assertEquals(first + i, all.get(i));
            }
            assertEquals(last, first + all.size() - 1);
        }

        CursorToken token() {
            return state.token(TOPIC, "c", now);
        }

        /** Reads one step. {@return whether there was one} */
        private boolean read() {
            if (stands) {
                return false;
            }
            Step step = state.next(now.ns());
            if (step instanceof Step.Messages messages) {
                messages.run()
                        .messages()
                        .forEach(message -> given.computeIfAbsent(message.epoch(), made -> new ArrayList<>())
                                .add(message.sequence()));
                state.handled(messages.run().size());
            } else if (step instanceof Step.Missed missed) {
                gaps.addAll(missed.gaps());
                reloads++;
                state.reloaded(null);
            } else if (step instanceof Step.Left one) {
                left.add(one);
            }
            boolean any = step != Step.IDLE && !(step instanceof Step.Waiting);
            if (state.isPressed()) {
                consumer.onRoom(id, now);
                any |= state.hasNext();
            }
            assertEquals(0, state.violations());
            return any;
        }
    }

    OneTopic(TopicSettings settings) {
        this.settings = settings;
        Outbox outbox = Given.outbox(new Outbox.Carrier() {
            @Override
            public void send(long toUid, Packet packet) {
                toProducer(toUid, (ToProducer) packet);
            }

            @Override
            public void carryOut(Effect effect) {
                if (effect instanceof Effect.Ready one) {
                    ready.put(one.subscription(), one.late());
                } else if (effect instanceof Effect.Arrived one) {
                    arrived.add(one.subscription());
                }
            }
        });
        ResponseTimes asking = new ResponseTimes(() -> ++sessions, new SplittableRandom(1));
        this.consumer = new FeedConsumer(TOPIC, CONSUMER, settings, asking, outbox);
    }

    // ------------------------------------------------------------------ messages

    private void toProducer(long uid, ToProducer message) {
        sent.add(message);
        underWay.add(() -> {
            ProducerState producer = producers.get(uid);
            if (producer != null && !unreachable.contains(uid)) {
                producer.onMessage(message, now);
            }
        });
    }

    private void toConsumer(long uid, ToConsumer message) {
        underWay.add(() -> {
            if (members.containsKey(uid) && !unreachable.contains(uid)) {
                consumer.onMessage(message, now);
            }
        });
    }

    /** All messages arrive that are under way, and what they lead to. */
    void deliver() {
        while (!underWay.isEmpty()) {
            underWay.remove().run();
            mostReaders = Math.max(mostReaders, consumer.catchUps());
        }
    }

    /** Everything arrives, and everybody reads, until nothing more comes of that at this time. */
    OneTopic run() {
        boolean any = true;
        while (any) {
            deliver();
            any = false;
            for (Reader reader : List.copyOf(readers.values())) {
                any |= reader.read();
            }
            any |= !underWay.isEmpty();
        }
        return this;
    }

    /** The same after so many milliseconds, in which everything is done that is due. */
    OneTopic after(long ms) {
        long untilNs = now.ns() + ms * MS;
        run();
        while (now.ns() < untilNs) {
            long dueNs = consumer.deadlineNs(now.ns());
            for (ProducerState producer : producers.values()) {
                dueNs = Math.min(dueNs, producer.deadlineNs(now.ns()));
            }
            long nextNs = Math.min(untilNs, Math.max(now.ns() + 1, dueNs));
            now = new Now(now.ms() + nextNs / MS - now.ns() / MS, nextNs);
            consumer.onTime(now);
            producers.values().forEach(producer -> producer.onTime(now));
            run();
        }
        return this;
    }

    Now now() {
        return now;
    }

    /** The last request of this reader to that member. */
    Register register(long reader, long uid) {
        Register found = null;
        for (ToProducer message : sent) {
            if (message instanceof Register register && register.reader() == reader && register.toUid() == uid) {
                found = register;
            }
        }
        assertNotNull(found);
        return found;
    }

    long registers() {
        return sent.stream().filter(Register.class::isInstance).count();
    }

    /** How many readers there were at a time beside the shared one, at most. */
    int mostReaders() {
        return mostReaders;
    }

    // ------------------------------------------------------------------ members

    static Stream stream(long uid, String name) {
        return Stream.of(uid, TOPIC, name);
    }

    private HistoryView history() {
        return new HistoryView(historyId, Long.MIN_VALUE, false, false, departures, now, new LastPing(), 60_000);
    }

    private MemberView view(List<MemberEvent> snapshot) {
        return new MemberView(members.keySet(), snapshot, true, history());
    }

    /** It begins with the members that came so far. */
    OneTopic up() {
        List<MemberEvent> events = new ArrayList<>();
        members.forEach((uid, name) -> events.addAll(joins(uid, name)));
        up = true;
        consumer.begin(view(events), now);
        return this;
    }

    /** The members' history has not come yet. */
    OneTopic withoutAHistory() {
        historyId = 0;
        return this;
    }

    void historyCame() {
        historyId = Given.HISTORY;
        events(List.of());
    }

    /** Everybody is told that something of another cluster is missed. */
    void anotherCluster() {
        historyId += 1L << 40;
        events(List.of());
    }

    private List<MemberEvent> joins(long uid, String name) {
        return List.of(
                new MemberEvent.Present(uid, "host:" + uid),
                new MemberEvent.Named(uid, name, since.getOrDefault(uid, now.ms())));
    }

    void events(List<MemberEvent> events) {
        consumer.onMembers(events, view(List.of()), now);
    }

    /** A node joined, whose ring has room for as many messages as the settings say. {@return its stream} */
    Stream member(long uid, String name) {
        Stream stream = stream(uid, name);
        started(uid);
        opens(uid, name);
        members.put(uid, name);
        since.put(uid, now.ms());
        if (up) {
            events(joins(uid, name));
        }
        return stream;
    }

    /** It opens its node's store, if logs are durable; an incarnation has a higher uid than the one of before. */
    private void opens(long uid, String name) {
        stores.putIfAbsent(name, new TreeMap<>());
        ProducerState producer = producers.get(uid);
        assertNotNull(producer);
        storeOf.put(uid, name);
        producer.onStoreOpened(new Generation(uid, List.of()), now);
        deliver();
    }

    private void carryOut(long uid, StoreRequest request) {
        TreeMap<Long, LogRecord> records = stores.get(storeOf.get(uid));
        ProducerState producer = producers.get(uid);
        assertNotNull(records);
        if (producer == null) {
            return;
        } else if (request instanceof StoreRequest.Read read) {
            List<LogRecord> found =
                    List.copyOf(records.tailMap(read.number(), true).values());
            producer.onStore(new StoreAnswer.Records(read.id(), found), now);
        } else if (request instanceof StoreRequest.Write write) {
            records.put(write.content().number(), write.content());
            producer.onStore(new StoreAnswer.Stored(write.id()), now);
        } else if (request instanceof StoreRequest.Drop drop) {
            records.headMap(drop.upTo(), true).clear();
        }
    }

    /** An incarnation that no member here has heard of opened the store of that node, published so much, and is gone. {@return its stream} */
    Stream unheard(long uid, String name, int messages) {
        started(uid);
        opens(uid, name);
        publish(uid, messages);
        deliver();
        producers.remove(uid);
        return stream(uid, name);
    }

    private void started(long uid) {
        Log log = new Log(LogIdentity.of(uid, TOPIC, settings, now.ms()), settings, Gate.opened());
        Outbox outbox = Given.outbox(new Outbox.Carrier() {
            @Override
            public void send(long toUid, Packet packet) {
                toConsumer(uid, (ToConsumer) packet);
            }

            @Override
            public void carryOut(Effect effect) {
                if (effect instanceof Effect.Store wanted) {
                    underWay.add(() -> OneTopic.this.carryOut(uid, wanted.request()));
                }
            }
        });
        producers.put(uid, new ProducerState(TOPIC, uid, log, settings, outbox));
    }

    /** A member that has not said its name. */
    Stream unnamed(long uid) {
        started(uid);
        members.put(uid, "host:" + uid);
        events(List.of(new MemberEvent.Present(uid, "host:" + uid)));
        return stream(uid, "host:" + uid);
    }

    /** Nothing arrives there, or comes from there. */
    void unreachable(long uid) {
        unreachable.add(uid);
    }

    void reachable(long uid) {
        unreachable.remove(uid);
    }

    /** It is removed without a word. */
    void crashes(long uid) {
        ends(uid, null);
    }

    /** It is removed, and said what it had published; nobody got the last of that. */
    void endsWithAFarewell(long uid) {
        ProducerState producer = producers.get(uid);
        assertNotNull(producer);
        ends(uid, Map.of(Epoch.of(uid, TOPIC), producer.log().head()));
    }

    private void ends(long uid, @Nullable Map<Epoch, Long> published) {
        producers.remove(uid);
        String name = members.remove(uid);
        assertNotNull(name);
        departures.add(new Departure(uid, name, now.ms(), published));
        events(List.of(new MemberEvent.Removed(uid, published)));
    }

    /** It leaves in good order, and is no member any more once everybody has everything. */
    void leaves(long uid) {
        ProducerState producer = producers.get(uid);
        assertNotNull(producer);
        long head = producer.log().end().orElseThrow();
        producer.leave(now);
        run();
        assertTrue(producer.isDrained(now.ns()));
        producers.remove(uid);
        String name = members.remove(uid);
        assertNotNull(name);
        Map<Epoch, Long> published = Map.of(Epoch.of(uid, TOPIC), head);
        departures.add(new Departure(uid, name, now.ms(), published));
        events(List.of(new MemberEvent.Removed(uid, published)));
    }

    OneTopic publish(long uid, int messages) {
        ProducerState producer = producers.get(uid);
        assertNotNull(producer);
        for (int i = 0; i < messages; i++) {
            producer.log().publish(content(i), now.ms(), now.ns(), settled -> {});
            if (settings.durable()) {
                producer.onAppended(now);
                deliver(); // one record after the other
            }
        }
        producer.onAppended(now);
        return this;
    }

    /** How much was published there. */
    long head(long uid) {
        ProducerState producer = producers.get(uid);
        assertNotNull(producer);
        return producer.log().head();
    }

    // ------------------------------------------------------------------ subscriptions

    Reader open(long id, Opening opening) {
        Reader reader = new Reader(id, consumer.open(id, opening, now));
        readers.put(id, reader);
        mostReaders = Math.max(mostReaders, consumer.catchUps());
        return reader;
    }

    Reader latest(long id) {
        return open(id, new Opening.Latest());
    }

    Reader resume(long id, CursorToken token) {
        return open(id, new Opening.Resume(token));
    }

    /** Behind these places, as a token says that was taken just now. */
    Reader resumeAt(long id, Stream stream, long sequence) {
        return resume(id, token(at(stream, sequence)));
    }

    /** Behind that message of a stream. */
    static CursorToken.Entry at(Stream stream, long sequence) {
        return new CursorToken.Entry(stream.node(), stream.uid(), stream.epoch(), sequence, false);
    }

    CursorToken token(CursorToken.Entry... entries) {
        return new CursorToken(TOPIC, "c", now.ms(), Given.HISTORY, List.of(entries), 0);
    }

    void close(Reader reader) {
        readers.remove(reader.id);
        consumer.close(reader.id);
        consumer.onRoom();
    }
}
