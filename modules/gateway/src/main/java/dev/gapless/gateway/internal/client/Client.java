package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Ended;
import dev.gapless.StartFrom;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.PositionJson;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.Refusal;
import dev.gapless.gateway.internal.json.Refusal.Kind;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, with the topics that it is subscribed to.
 *
 * <p>Everything happens in its turns, which whoever has something new wakes. A turn writes a frame if none is under way: first what answers
 * a command, then what there is of its topics, each in its turn. While a frame is under way nothing is read, nothing is queued, and the
 * cursors stay where they are. One command at a time is taken: the next one when this is answered.
 */
public final class Client implements Connected {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);

    private static final int FRAMES_PER_TURN = 16;
    /** A client that was heard of for so many pings is there. */
    private static final int PINGS_UNANSWERED = 3;

    private final long id;
    private final Common common;
    private final Runnable release;
    private final Outlet outlet;
    private final Framing framing;
    private final Turns turns;
    private final long sinceNs = System.nanoTime();
    private final AtomicBoolean released = new AtomicBoolean();

    // Of its turns.
    private final Map<String, TopicCursor> cursors = new LinkedHashMap<>();
    private @Nullable Bytes frame;
    private @Nullable TopicCursor writing;
    private @Nullable CompletableFuture<JsonNode> publishing;
    private boolean said;
    private boolean hasClosed;
    private long wakeAtNs;
    private boolean wakes;

    // Told by other threads.
    private volatile boolean started;
    private volatile @Nullable Wish first;
    private volatile @Nullable String command;
    private volatile @Nullable Closing closing;
    private volatile boolean gone;
    private volatile boolean busy;
    private volatile boolean due;
    /** Its protocol keeps an idle stream alive by itself. */
    private volatile boolean uncommented;

    // For other threads.
    private volatile long sentNs = System.nanoTime();
    private volatile long heardNs = System.nanoTime();
    private volatile long pingedNs = System.nanoTime();
    private volatile long closingNs;
    private volatile long eventsSent;
    private volatile long laggedTotal;
    private volatile Map<String, TopicCursor> shown = Map.of();

    /** @param release runs once, when its connection has ended */
    Client(long id, Common common, Outlet outlet, Framing framing, Runnable release) {
        this.id = id;
        this.common = common;
        this.release = release;
        this.outlet = outlet;
        this.framing = framing;
        this.turns = new Turns(common.executor(), this::turn);
    }

    // ------------------------------------------------------------------ what its connection tells; any thread

    /** It is open; with what it is subscribed to at once, or null. */
    public void start(@Nullable Wish wish) {
        first = wish;
        started = true;
        turns.wake();
    }

    /** The client says this; the next comes when the outlet was told to take it. */
    public void command(String text) {
        command = text;
        turns.wake();
    }

    /** The client has given some sign of life. */
    public void heard() {
        heardNs = System.nanoTime();
    }

    @Override
    public void close(Closing why) {
        if (closing == null) {
            closingNs = System.nanoTime();
            closing = why;
            turns.wake();
        }
    }

    /** Its connection has ended. Repeating it is harmless. */
    public void gone() {
        gone = true;
        turns.wake();
    }

    /** Does it take what is written, and is it to be pinged? */
    @Override
    public void look(long nowNs) {
        long writeTimeoutNs = common.settings().writeTimeout.toNanos();
        if (gone) {
            turns.wake();
        } else if (busy && nowNs - Math.max(sentNs, outlet.progressNs()) > writeTimeoutNs) {
            abort(Closing.STUCK);
        } else if (closing != null && nowNs - closingNs > 2 * writeTimeoutNs) {
            abort(Objects.requireNonNull(closing));
        } else if (framing.isStream()) {
            if (!uncommented && nowNs - sentNs > common.settings().commentInterval.toNanos()) {
                due = true;
                turns.wake();
            }
        } else {
            long pingNs = common.settings().pingInterval.toNanos();
            if (nowNs - heardNs > PINGS_UNANSWERED * pingNs) {
                abort(Closing.STUCK);
            } else if (nowNs - pingedNs > pingNs) {
                pingedNs = nowNs;
                due = true;
                turns.wake();
            }
        }
    }

    private String described() {
        return "client " + id + " (" + outlet.protocol() + ", " + outlet.remote() + ")";
    }

    private void abort(Closing why) {
        LOG.info("{} is disconnected: {}", described(), why.reason());
        outlet.abort(why);
        gone();
    }

    // ------------------------------------------------------------------ turns

    private void turn() {
        if (gone) {
            release();
            return;
        }
        if (!started || busy || hasClosed) {
            return;
        }
        try {
            for (int i = 0; i < FRAMES_PER_TURN; i++) {
                afterWriting();
                if (!step()) {
                    rest();
                    return;
                }
                if (busy || hasClosed) {
                    return; // it is woken
                }
            }
            turns.wake();
        } catch (Refusal e) {
            refuse(e);
        } catch (RuntimeException e) {
            LOG.error("Client {} ({}): the gateway failed. This is a defect of Gapless", id, outlet.remote(), e);
            outlet.abort(Closing.FAILED);
            gone();
        }
    }

    /** Writes one frame. {@return false if there is nothing to write} */
    private boolean step() {
        Closing end = closing;
        if (end != null) {
            farewell(end);
            return true;
        }
        if (!said) {
            said = true;
            return greet();
        }
        return end() || answer() || published() || begin() || events() || keepAlive();
    }

    /** What the last frame told has been taken by the socket. */
    private void afterWriting() {
        TopicCursor last = writing;
        writing = null;
        if (last != null && last.written()) {
            close(Closing.LAGGED);
        }
    }

    private void send(ByteBuffer bytes) {
        busy = true;
        sentNs = System.nanoTime();
        common.sent().frame(bytes.remaining());
        outlet.send(bytes, failure -> {
            if (failure != null) {
                gone = true;
            }
            busy = false;
            turns.wake();
        });
    }

    private void tell(ObjectNode message) {
        ByteBuffer said = framing.object(empty(), message);
        if (said != null) {
            send(said);
        }
    }

    private Bytes empty() {
        Bytes to = frame;
        if (to == null) {
            to = new Bytes();
            frame = to;
        }
        to.truncate(0);
        return to;
    }

    /** Nothing is to be written: it keeps nothing but its places, until it is woken. */
    private void rest() {
        frame = null;
        OptionalLong soonest = cursors.values().stream()
                .map(TopicCursor::waitNs)
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .min();
        if (soonest.isPresent()) {
            long nowNs = System.nanoTime();
            long atNs = nowNs + soonest.getAsLong();
            if (!wakes || wakeAtNs - nowNs <= 0 || atNs - wakeAtNs < 0) {
                wakes = true;
                wakeAtNs = atNs;
                common.later().accept(Duration.ofNanos(soonest.getAsLong()), turns::wake);
            }
        }
    }

    private void release() {
        if (released.compareAndSet(false, true)) {
            cursors.values().forEach(TopicCursor::close);
            cursors.clear();
            shown = Map.of();
            frame = null;
            release.run();
        }
    }

    // ------------------------------------------------------------------ beginning and end

    private boolean greet() {
        Wish wish = first;
        first = null;
        if (wish != null) {
            open(wish);
        }
        if (framing.isStream()) {
            return step();
        }
        ObjectNode connected = object("connected");
        connected
                .putObject("data")
                .put("client", id)
                .put("node", common.nodeName())
                .put("cluster", common.host().clusterId())
                .put("ping_interval_ms", common.settings().pingInterval.toMillis())
                .put("batch_events", common.settings().batchEvents);
        tell(connected);
        outlet.takeCommand();
        return true;
    }

    private void farewell(Closing why) {
        hasClosed = true;
        ObjectNode message = object("closing").put("reason", why.reason());
        if (why.status() == Closing.RESTART.status()) {
            message.put("reconnect_after_ms", common.reconnectMs());
        }
        ObjectNode tokens = message.putObject("tokens");
        cursors.forEach((topic, cursor) -> {
            CursorToken token = cursor.token();
            if (token != null) {
                tokens.put(topic, token.toString());
            }
        });
        if (framing.isStream() && !hasBegun()) {
            if (!outlet.refuse(new Refusal(Kind.CLOSING, why.reason()))) {
                outlet.close(why);
            }
            return;
        }
        tell(message);
        outlet.close(why);
    }

    private boolean hasBegun() {
        return cursors.values().stream().anyMatch(TopicCursor::hasBegun);
    }

    private void refuse(Refusal refusal) {
        if (framing.isStream()) {
            hasClosed = true;
            if (!outlet.refuse(refusal)) {
                ObjectNode ended =
                        object("ended").put("reason", refusal.kind().code()).put("message", refusal.why());
                tell(ended);
                outlet.close(new Closing(1000, refusal.why()));
            }
        } else {
            tell(error(refusal));
        }
    }

    // ------------------------------------------------------------------ commands

    private boolean answer() {
        String text = command;
        if (text == null || publishing != null) {
            return false;
        }
        @Nullable ByteBuffer answer;
        try {
            Command given = Command.parse(text, common.settings().defaultTopic);
            if (given instanceof Command.Publish publish) {
                command = null;
                publish(publish);
                return published();
            }
            if (given instanceof Command.Subscribe subscribe && isOpening(subscribe.topic())) {
                return false; // it is answered when the subscription is ready
            }
            answer = answer(given);
        } catch (Refusal e) {
            answer = framing.object(empty(), error(e));
        }
        command = null;
        outlet.takeCommand();
        if (answer != null) {
            send(answer);
            return true;
        }
        return false;
    }

    private boolean isOpening(String topic) {
        TopicCursor known = cursors.get(topic);
        return known != null && !known.hasBegun() && known.end() == null;
    }

    private @Nullable ByteBuffer answer(Command given) {
        if (given instanceof Command.Subscribe subscribe) {
            return subscribe(subscribe);
        } else if (given instanceof Command.Unsubscribe unsubscribe) {
            TopicCursor known = cursor(unsubscribe.topic());
            CursorToken token = known.token();
            drop(known);
            return framing.object(
                    empty(),
                    object("unsubscribed")
                            .put("topic", unsubscribe.topic())
                            .put("token", token == null ? null : token.toString()));
        } else if (given instanceof Command.Resume resume) {
            if (!cursor(resume.topic()).resume()) {
                throw new Refusal(Kind.BAD_MESSAGE, "the subscription to " + resume.topic() + " is not paused");
            }
            return null;
        }
        return framing.object(
                empty(),
                object("pong")
                        .put("events_sent", eventsSent)
                        .put("lag", lag())
                        .put("lagged_total", laggedTotal)
                        .put(
                                "uptime_ms",
                                Duration.ofNanos(System.nanoTime() - sinceNs).toMillis()));
    }

    private TopicCursor cursor(String topic) {
        TopicCursor known = cursors.get(topic);
        if (known == null) {
            throw new Refusal(Kind.UNKNOWN_TOPIC, "there is no subscription to " + topic);
        }
        return known;
    }

    private @Nullable ByteBuffer subscribe(Command.Subscribe wanted) {
        Filter filter = TopicFilter.of(wanted.filter());
        long most = maxMessageBytes(wanted.maxMessageBytes());
        TopicCursor known = cursors.get(wanted.topic());
        if (known != null) {
            if (wanted.from() != null) {
                throw new Refusal(
                        Kind.FROM_NOT_ALLOWED,
                        "there is a subscription to " + wanted.topic()
                                + " already, which keeps its position: leave out from, or unsubscribe first");
            }
            CursorToken here = known.token();
            if (here == null) {
                throw new Refusal(Kind.REFUSED, "the subscription to " + wanted.topic() + " is about to end");
            }
            known.change(filter, most);
            return framing.subscribed(empty(), known.topic(), here, Set.of());
        }
        StartFrom start = start(wanted);
        open(new Wish(wanted.topic(), start, filter, OnLag.parse(wanted.onLag()), most));
        return null;
    }

    private StartFrom start(Command.Subscribe wanted) {
        JsonNode from = wanted.from();
        if (from == null || from.isNull()) {
            return StartFrom.latest();
        }
        return common.start(from.isTextual() ? from.textValue() : from.toString(), wanted.topic());
    }

    private static long maxMessageBytes(@Nullable JsonNode given) {
        if (given == null || given.isNull()) {
            return Long.MAX_VALUE;
        }
        if (!given.canConvertToLong() || !given.isIntegralNumber() || given.longValue() < 0) {
            throw new Refusal(Kind.BAD_MESSAGE, "max_message_bytes is a number of bytes");
        }
        return given.longValue();
    }

    private void open(Wish wish) {
        if (cursors.size() >= common.settings().maxSubscriptions) {
            throw new Refusal(
                    Kind.TOO_MANY_SUBSCRIPTIONS,
                    "there are " + cursors.size()
                            + " subscriptions, as many as gapless.gateway.max-subscriptions allows");
        }
        try {
            TopicCursor opened = new TopicCursor(wish, described(), common, turns::wake);
            cursors.put(wish.topic(), opened);
            shown = Map.copyOf(cursors);
        } catch (IllegalArgumentException e) {
            throw new Refusal(Kind.BAD_TOKEN, Reasons.of(e), e);
        }
    }

    private void drop(TopicCursor known) {
        known.close();
        cursors.remove(known.topic());
        shown = Map.copyOf(cursors);
    }

    private void publish(Command.Publish wanted) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        publishing = answer;
        try {
            var unused = common.publisher()
                    .publish(wanted.topic(), wanted.given())
                    .whenComplete((position, failure) -> {
                        ObjectNode message;
                        if (failure == null) {
                            message = object("published").put("topic", wanted.topic());
                            PositionJson.write(message.putObject("position"), common.nodeName(), position);
                        } else {
                            message = error(Refusal.of(failure));
                        }
                        if (wanted.id() != null) {
                            message.set("id", wanted.id());
                        }
                        answer.complete(message);
                        turns.wake();
                    });
        } catch (Refusal e) {
            ObjectNode message = error(e);
            if (wanted.id() != null) {
                message.set("id", wanted.id());
            }
            answer.complete(message);
        }
    }

    /** Answers a publish that is done. */
    private boolean published() {
        CompletableFuture<JsonNode> answer = publishing;
        if (answer == null || !answer.isDone()) {
            return false;
        }
        publishing = null;
        outlet.takeCommand();
        tell((ObjectNode) answer.join());
        return true;
    }

    // ------------------------------------------------------------------ topics

    private boolean begin() {
        for (TopicCursor cursor : cursors.values()) {
            Set<String> silent = cursor.begins();
            if (silent != null) {
                CursorToken token = Objects.requireNonNull(cursor.token());
                send(framing.subscribed(empty(), cursor.topic(), token, silent));
                return true;
            }
        }
        return false;
    }

    private boolean end() {
        for (TopicCursor cursor : cursors.values()) {
            MessageSubscription.End end = cursor.end();
            if (end == null) {
                continue;
            }
            if (end.reason() == Ended.Reason.SHUTDOWN) {
                close(Closing.RESTART);
                return step();
            }
            Throwable cause = end.cause();
            boolean began = cursor.hasBegun();
            drop(cursor);
            Refusal refusal = new Refusal(Kind.REFUSED, cause == null ? "it ended" : Reasons.of(cause));
            if (!began) {
                throw refusal;
            }
            send(framing.ended(empty(), cursor.topic(), end));
            if (framing.isStream()) {
                hasClosed = true;
                outlet.close(Closing.ENDED);
            }
            return true;
        }
        return false;
    }

    /** One frame of the next topic that has something: the one that was last comes last. */
    private boolean events() {
        for (int i = cursors.size(); i > 0; i--) {
            TopicCursor cursor = cursors.values().iterator().next();
            if (cursors.size() > 1) {
                cursors.remove(cursor.topic());
                cursors.put(cursor.topic(), cursor);
            }
            long laggedBefore = cursor.lagged();
            TopicCursor.Written written = cursor.write(framing, empty());
            if (written != null) {
                count(written.events(), cursor.lagged() - laggedBefore);
                writing = cursor;
                send(written.frame());
                return true;
            }
        }
        if (cursors.values().stream().anyMatch(TopicCursor::hasMore)) {
            turns.wake(); // much was left out: others have their turn meanwhile
        }
        return false;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one turn at a time
    private void count(int events, long lagged) {
        eventsSent += events;
        laggedTotal += lagged;
        common.sent().events(events, lagged);
    }

    private boolean keepAlive() {
        if (!due) {
            return false;
        }
        due = false;
        if (!framing.isStream()) {
            outlet.ping();
            return false;
        }
        if (!hasBegun()) {
            return false;
        }
        ByteBuffer comment = framing.idle(empty());
        if (comment == null) {
            uncommented = true;
            return false;
        }
        send(comment);
        return true;
    }

    private static ObjectNode object(String type) {
        return PayloadJson.JSON.createObjectNode().put("type", type);
    }

    private static ObjectNode error(Refusal refusal) {
        return object("error").put("code", refusal.kind().code()).put("message", refusal.why());
    }

    // ------------------------------------------------------------------ for people; any thread

    @Override
    public String protocol() {
        return outlet.protocol();
    }

    private long lag() {
        return shown.values().stream().mapToLong(TopicCursor::lag).sum();
    }

    @Override
    public void describe(ObjectNode to) {
        to.put("client", id)
                .put("protocol", outlet.protocol())
                .put("remote", outlet.remote())
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis())
                .put("events_sent", eventsSent)
                .put("lag", lag())
                .put("lagged_total", laggedTotal);
        ArrayNode topics = to.putArray("topics");
        shown.keySet().forEach(topics::add);
    }
}
