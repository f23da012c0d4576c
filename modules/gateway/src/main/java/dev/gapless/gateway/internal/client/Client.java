package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Ended;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
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

    private static final long SLOW_NS = Duration.ofSeconds(1).toNanos();

    /** If a stream is not ready by then its head goes out, and it cannot be refused by its status any more. */
    private static final Duration HEAD_AFTER = Duration.ofSeconds(1);

    private final long id;
    private final Common common;
    private final Runnable release;
    private final Transport outlet;
    private final Framing framing;
    private final ClientTurns turns;
    private final Runnable wake;
    private final Cursors cursors;
    private final CommandHandler dialogue;
    private final Pings pings;
    private final long sinceNs = System.nanoTime();
    private final AtomicBoolean released = new AtomicBoolean();

    // Of its turns.
    private @Nullable Bytes frame;
    private @Nullable TopicCursor writing;
    private boolean said;
    private boolean hasClosed;
    private long wakeAtNs;
    private boolean wakes;
    /** It took long over its last frame that was not small. */
    private volatile boolean slow;

    // Told by other threads.
    private volatile boolean started;
    private volatile @Nullable SubscribeRequest first;
    private volatile @Nullable Closing closing;
    /** With what the gateway has ended it; null if it has not. */
    private volatile @Nullable Closing ended;

    private volatile boolean gone;
    private volatile boolean busy;
    private volatile boolean commentDue;
    /** Its client waits for a sign of life, ready or not: a member may be silent. */
    private volatile boolean headDue;

    // For other threads.
    private volatile long sentNs = System.nanoTime();
    private volatile long closingNs;
    private volatile long eventsSent;
    private volatile long laggedTotal;

    /**
     * @param address where it comes from, without a port
     * @param release runs once, when its connection has ended
     */
    Client(long id, Common common, Transport outlet, Framing framing, String address, Runnable release) {
        this.id = id;
        this.common = common;
        this.release = release;
        this.outlet = outlet;
        this.framing = framing;
        this.turns = new ClientTurns(common.executor(), this::turn);
        this.wake = turns::wake;
        this.cursors = new Cursors(common, wake);
        this.pings = new Pings(common.settings().pingInterval);
        this.dialogue = new CommandHandler(common, cursors, outlet, framing, described(), address, this::pong, wake);
    }

    // ------------------------------------------------------------------ what its connection tells; any thread

    /** It is open; with what it is subscribed to at once, or null. */
    public void start(@Nullable SubscribeRequest wish) {
        first = wish;
        started = true;
        turns.wake();
        if (framing.isStream()) {
            common.later().accept(HEAD_AFTER, () -> {
                headDue = true;
                turns.wake();
            });
        }
    }

    /** The client says this; the next comes when the outlet was told to take it. */
    public void command(String text) {
        dialogue.command(text);
    }

    /** The client has given some sign of life. */
    public void heard() {
        pings.heard();
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
            if (nowNs - sentNs > common.settings().commentInterval.toNanos()) {
                commentDue = true;
                turns.wake();
            }
        } else {
            lookForPings(nowNs);
        }
    }

    private void lookForPings(long nowNs) {
        if (busy) {
            pings.heard(); // it takes what is written, if not within write-timeout
        }
        if (pings.isGivenUp(nowNs)) {
            abort(Closing.SILENT);
        } else if (pings.becomesDue(nowNs)) {
            turns.wake();
        }
    }

    private String described() {
        return "client " + id + " (" + outlet.protocol() + ", " + outlet.remote() + ")";
    }

    private void abort(Closing why) {
        ended = why;
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
        } catch (RequestException e) {
            refuse(e);
        } catch (RuntimeException e) {
            LOG.error("Client {} ({}): the gateway failed. This is a defect of Gapless", id, outlet.remote(), e);
            ended = Closing.FAILED;
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
        if (!framing.isStream() && pings.take(outlet.isReading())) {
            outlet.ping(); // in front of the events: there may be some at any time
            if (progress()) {
                return true;
            }
        }
        return end() || answer() || begin() || events() || comment();
    }

    /** What the last frame told has been taken by the socket. */
    private void afterWriting() {
        TopicCursor last = writing;
        writing = null;
        if (last != null && last.written()) {
            close(Closing.LAGGED);
        }
    }

    private void send(List<ByteBuffer> bytes) {
        busy = true;
        sentNs = System.nanoTime();
        common.sent().frame(bytes.stream().mapToInt(ByteBuffer::remaining).sum());
        Unsent.Held held = common.unsent().take(Objects.requireNonNull(frame));
        outlet.send(bytes, failure -> {
            if (failure != null) {
                gone = true;
            }
            if (!held.isSmall()) {
                slow = System.nanoTime() - sentNs > SLOW_NS;
            }
            held.release();
            busy = false;
            turns.wake();
        });
    }

    private void tell(ObjectNode message) {
        List<ByteBuffer> said = framing.object(empty(), message);
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
        OptionalLong soonest = cursors.waitNs();
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
            cursors.close();
            common.unsent().forget(wake);
            frame = null;
            common.tally().closed(ended);
            release.run();
        }
    }

    // ------------------------------------------------------------------ beginning and end

    private boolean greet() {
        SubscribeRequest wish = first;
        first = null;
        if (wish != null) {
            var unused = cursors.open(wish, described());
        }
        if (framing.isStream()) {
            return step();
        }
        ObjectNode connected = CommandHandler.object("connected");
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
        ended = why;
        ObjectNode message = CommandHandler.object("closing").put("reason", why.reason());
        if (why.status() == Closing.RESTART.status()) {
            message.put("reconnect_after_ms", common.reconnectMs());
        }
        cursors.tokens(message.putObject("tokens"));
        if (framing.isStream() && !cursors.hasBegun()) {
            if (!outlet.refuse(new RequestException(Kind.CLOSING, why.reason()))) {
                outlet.close(why);
            }
            return;
        }
        tell(message);
        outlet.close(why);
    }

    private void refuse(RequestException refusal) {
        if (framing.isStream()) {
            hasClosed = true;
            ended = Closing.ENDED;
            common.tally().refused(refusal.kind().code());
            if (!outlet.refuse(refusal)) {
                ObjectNode message = CommandHandler.object("ended")
                        .put("reason", refusal.kind().code())
                        .put("message", refusal.why());
                framing.addPlace(message);
                tell(message);
                outlet.close(new Closing(1000, refusal.why()));
            }
        } else {
            tell(CommandHandler.error(refusal));
        }
    }

    // ------------------------------------------------------------------ commands and topics

    private boolean answer() {
        List<ByteBuffer> answer = dialogue.answer(this::empty);
        if (answer == null) {
            return false;
        }
        send(answer);
        return true;
    }

    private ObjectNode pong() {
        ObjectNode pong = counters(CommandHandler.object("pong"));
        cursors.tokens(pong.putObject("tokens"));
        return pong;
    }

    /** No client sees the ping of a WebSocket. {@return whether there was a token to tell with it} */
    private boolean progress() {
        ObjectNode ping = CommandHandler.object("ping");
        ObjectNode tokens = ping.putObject("tokens");
        cursors.progress(tokens);
        if (tokens.isEmpty()) {
            return false;
        }
        tell(ping);
        return true;
    }

    private boolean begin() {
        for (TopicCursor cursor : cursors.all()) {
            Set<String> silent = cursor.begins();
            if (silent != null) {
                CursorToken token = Objects.requireNonNull(cursor.tell());
                send(framing.subscribed(empty(), cursor.topic(), token, silent));
                return true;
            }
        }
        return false;
    }

    private boolean end() {
        for (TopicCursor cursor : cursors.all()) {
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
            CursorToken token = cursor.token();
            cursors.drop(cursor);
            RequestException refusal =
                    new RequestException(Kind.REFUSED, cause == null ? "it ended" : Reasons.of(cause));
            if (!began && framing.isStream()) {
                throw refusal;
            } else if (!began) {
                tell(CommandHandler.error(refusal, cursor.topic(), cursor.askedBy()));
                return true;
            }
            send(framing.ended(empty(), cursor.topic(), token, end));
            if (framing.isStream()) {
                hasClosed = true;
                ended = Closing.ENDED;
                outlet.close(Closing.ENDED);
            }
            return true;
        }
        return false;
    }

    /** One frame of the next topic that has something: the one that was last comes last. */
    private boolean events() {
        for (int i = cursors.size(); i > 0; i--) {
            TopicCursor cursor = cursors.next();
            long laggedBefore = cursor.lagged();
            TopicCursor.Written written = cursor.write(framing, empty(), slow);
            if (written != null) {
                count(written.events(), cursor.lagged() - laggedBefore);
                writing = cursor;
                send(written.frame());
                return true;
            }
        }
        if (cursors.hasMore()) {
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

    /** Keeps an idle stream alive, and tells how far it is. */
    private boolean comment() {
        boolean isHead = headDue && !cursors.hasBegun();
        headDue = false;
        if (!commentDue && !isHead) {
            return false;
        }
        commentDue = false;
        CursorToken progress =
                cursors.hasBegun() ? cursors.all().iterator().next().progress() : null;
        List<ByteBuffer> comment = framing.idle(empty(), progress);
        if (comment == null) {
            sentNs = System.nanoTime(); // it is looked at again after as long
            return false;
        }
        send(comment);
        return true;
    }

    // ------------------------------------------------------------------ for people; any thread

    @Override
    public String protocol() {
        return outlet.protocol();
    }

    private ObjectNode counters(ObjectNode to) {
        return to.put("events_sent", eventsSent)
                .put("lag", cursors.lag())
                .put("lagged_total", laggedTotal)
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis());
    }

    @Override
    public long lag() {
        return cursors.lag();
    }

    @Override
    public void describe(ObjectNode to) {
        counters(to.put("client", id).put("protocol", outlet.protocol()).put("remote", outlet.remote()));
        ArrayNode topics = to.putArray("topics");
        cursors.topics().forEach(topics::add);
    }
}
