package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Ended;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.MessageSubscription;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection, with the topics that it is subscribed to. {@link ClientState} draws what becomes of it.
 *
 * <p>Everything happens in its turns: other threads only change the state, or note what has come, and wake the client. A turn writes a
 * frame if none is under way: first what answers a command, then what there is of its topics, each in its turn. While a frame is under way
 * nothing is read, nothing is queued, and the cursors stay where they are. One command at a time is taken: the next one when this is
 * answered.
 */
public final class Client implements Connected {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);

    private static final int FRAMES_PER_TURN = 16;
    /** So long one that has not said who it is has to answer that it is closed. */
    private static final Duration TO_CLOSE = Duration.ofSeconds(2);

    /** If a stream is not ready by then its head goes out, and it cannot be refused by its status any more. */
    private static final Duration HEAD_AFTER = Duration.ofSeconds(1);

    private final long id;
    private final Common common;
    private final Consumer<@Nullable Closing> release;
    private final Transport transport;
    private final Framing framing;
    private final Runnable wake;
    private final AtomicReference<ClientState> state = new AtomicReference<>(new ClientState.Connecting());
    private final FrameSender frames;
    private final Cursors cursors;
    private final ClientCounters counters;
    private final TopicFrames topics;
    private final ServiceMessages messages;
    private final Identity identity;
    private final CommandHandler commands;
    private final WakeUp wakeUp;
    private final KeepAlive keepAlive;

    /**
     * @param caller who it is at first
     * @param becomes is told who it becomes, and throws {@link RequestException} if there are too many of that
     * @param release is told once that its connection has ended, and why; null if it went by itself
     */
    Client(
            long id,
            Common common,
            Transport transport,
            Framing framing,
            Caller caller,
            Consumer<Caller> becomes,
            Consumer<@Nullable Closing> release) {
        this.id = id;
        this.common = common;
        this.release = release;
        this.transport = transport;
        this.framing = framing;
        this.wake = new ClientTurns(common.executor(), this::turn)::wake;
        this.frames = new FrameSender(common, transport, framing, () -> move(ClientState::disconnected), wake);
        this.cursors = new Cursors(common, wake);
        this.counters = new ClientCounters(common.sent(), cursors);
        this.topics = new TopicFrames(cursors, framing, frames, counters, wake);
        this.messages = new ServiceMessages(id, common, cursors, counters);
        this.identity = new Identity(
                common.access(), caller, becomes, common.settings().access.expiryNotice());
        this.commands = new CommandHandler(
                common,
                cursors,
                transport,
                framing,
                described(),
                identity,
                messages::pong,
                () -> close(Closing.REFUSED),
                wake);
        this.wakeUp = new WakeUp(common.later(), wake);
        this.keepAlive = new KeepAlive(common.settings(), frames, framing.isStream());
    }

    private String described() {
        return "client " + id + " (" + transport.protocol() + ", " + transport.remote() + ")";
    }

    private ClientState state() {
        return Objects.requireNonNull(state.get());
    }

    private void move(UnaryOperator<ClientState> event) {
        state.updateAndGet(event);
    }

    // ------------------------------------------------------------------ what its connection tells; any thread

    /** It is open; with what it is subscribed to at once. */
    public void start(List<SubscribeRequest> requests) {
        List<SubscribeRequest> first = List.copyOf(requests);
        move(before -> before.start(first));
        wake.run();
        if (framing.isStream()) {
            common.later().accept(HEAD_AFTER, () -> {
                keepAlive.headBecomesDue();
                wake.run();
            });
        }
    }

    /** The client says this; the next comes when the transport was told to take it. */
    public void command(String text) {
        commands.command(text);
    }

    /** Has it yet to say who it is, and may nothing else? */
    public boolean isUnknown() {
        return identity.isUnknown();
    }

    /** The client has given some sign of life. */
    public void heard() {
        keepAlive.heard();
    }

    @Override
    public void close(Closing why) {
        long nowNs = System.nanoTime();
        move(before -> before.close(why, nowNs));
        wake.run();
    }

    /** Its connection has ended. Repeating it is harmless. */
    public void disconnected() {
        move(ClientState::disconnected);
        wake.run();
    }

    /** Does it take what is written, and is it to be sent a sign of life? */
    @Override
    public void checkLiveness(long nowNs) {
        ClientState now = state();
        if (now instanceof ClientState.Over) {
            wake.run();
            return;
        }
        Duration authTimeout = common.settings().access.authTimeout();
        if (identity.isMute(nowNs, authTimeout.plus(TO_CLOSE))) {
            abort(Closing.MUTE);
        } else if (identity.isMute(nowNs, authTimeout)) {
            close(Closing.MUTE);
        }
        Closing why = keepAlive.givenUp(now, nowNs);
        if (why != null) {
            LOG.info("{} is disconnected: {}", described(), why.reason());
            abort(why);
        } else if (keepAlive.becomesDue(nowNs) || (!framing.isStream() && identity.isNoticeDue())) {
            wake.run();
        }
    }

    private void abort(Closing why) {
        move(before -> before.abort(why)); // first, since the transport tells that it is disconnected
        transport.abort(why);
        wake.run();
    }

    // ------------------------------------------------------------------ turns

    private void turn() {
        if (state() instanceof ClientState.Disconnected disconnected) {
            release(disconnected.why());
            return;
        }
        if (!canWrite()) {
            return;
        }
        try {
            for (int i = 0; i < FRAMES_PER_TURN; i++) {
                if (topics.written()) {
                    close(Closing.LAGGED);
                }
                if (!step()) {
                    rest();
                    return;
                }
                if (!canWrite()) {
                    return; // it is woken
                }
            }
            wake.run();
        } catch (RequestException e) {
            refuse(e);
        } catch (RuntimeException e) {
            LOG.error("Client {} ({}): the gateway failed. This is a defect of Gapless", id, transport.remote(), e);
            abort(Closing.FAILED);
        }
    }

    private boolean canWrite() {
        return state() instanceof ClientState.Live && !frames.isBusy();
    }

    /** Writes one frame. {@return false if there is nothing to write} */
    private boolean step() {
        ClientState now = state();
        if (now instanceof ClientState.Leaving leaving) {
            farewell(leaving.why());
            return true;
        }
        if (now instanceof ClientState.Greeting greeting) {
            return greet(greeting.requests());
        }
        return ping() || end() || expiryNotice() || answer() || topics.begin() || topics.events() || comment();
    }

    /** Nothing is to be written: it keeps nothing but its places, until it is woken. */
    private void rest() {
        frames.rest();
        cursors.waitNs().ifPresent(wakeUp::within);
    }

    private void release(@Nullable Closing why) {
        move(ClientState::released);
        cursors.close();
        common.unsent().forget(wake);
        frames.rest();
        release.accept(why);
    }

    // ------------------------------------------------------------------ beginning and end

    private boolean greet(List<SubscribeRequest> requests) {
        move(ClientState::greeted);
        for (SubscribeRequest request : requests) {
            var unused = cursors.open(request, identity.caller(), described());
        }
        if (framing.isStream()) {
            return step();
        }
        frames.tell(messages.connected());
        transport.takeCommand();
        return true;
    }

    private void farewell(Closing why) {
        move(ClientState::farewell);
        if (framing.isStream() && !cursors.hasBegun()) {
            if (!transport.refuse(new RequestException(Kind.CLOSING, why.reason()))) {
                transport.close(why);
            }
            return;
        }
        frames.tell(messages.closing(why));
        transport.close(why);
    }

    private void refuse(RequestException refusal) {
        if (!framing.isStream()) {
            frames.tell(CommandHandler.error(refusal));
            return;
        }
        move(ClientState::finished);
        common.refused(identity.caller(), refusal);
        if (!transport.refuse(refusal)) {
            ObjectNode message = CommandHandler.object("ended")
                    .put("reason", refusal.kind().code())
                    .put("message", refusal.why());
            framing.addPlace(message);
            frames.tell(message);
            transport.close(new Closing(1000, refusal.why()));
        }
    }

    // ------------------------------------------------------------------ what there is to write; false if there is
    // nothing

    /** A ping is due, with the tokens that have moved: there is no frame without one. */
    private boolean ping() {
        if (!keepAlive.takePing(transport.isReading())) {
            return false;
        }
        transport.ping(); // in front of the events: there may be some at any time
        ObjectNode progress = messages.ping();
        if (progress != null) {
            frames.tell(progress);
        }
        return progress != null;
    }

    /** A WebSocket can show another credential before this one expires. */
    private boolean expiryNotice() {
        if (framing.isStream() || !identity.isNoticeDue()) {
            return false;
        }
        frames.tell(CommandHandler.object("auth_expires").put("in_ms", identity.notice()));
        return true;
    }

    private boolean answer() {
        List<ByteBuffer> answer = commands.answer(frames::empty);
        if (answer == null) {
            return false;
        }
        frames.send(answer);
        return true;
    }

    private boolean end() {
        String topic = identity.takeForbidden();
        TopicCursor forbidden = topic == null ? null : cursors.known(topic);
        if (forbidden != null) {
            forbid(forbidden);
            return true;
        }
        for (TopicCursor cursor : cursors.all()) {
            MessageSubscription.End end = cursor.end();
            if (end != null) {
                end(cursor, end);
                return true;
            }
        }
        return false;
    }

    private void forbid(TopicCursor cursor) {
        CursorToken token = cursor.token();
        cursors.drop(cursor);
        frames.tell(CommandHandler.object("ended")
                .put("topic", cursor.topic())
                .put("reason", "FORBIDDEN")
                .put("message", "the new credential does not allow what was subscribed to")
                .put("token", token == null ? null : token.toString()));
    }

    private void end(TopicCursor cursor, MessageSubscription.End end) {
        if (end.reason() == Ended.Reason.SHUTDOWN) {
            close(Closing.RESTART); // of which the next step tells
            return;
        }
        CursorToken token = cursor.token();
        cursors.drop(cursor);
        if (!cursor.hasBegun()) {
            Throwable cause = end.cause();
            RequestException refusal = cause instanceof RequestException its
                    ? its
                    : new RequestException(Kind.REFUSED, cause == null ? "it ended" : Reasons.of(cause));
            if (framing.isStream()) {
                throw refusal;
            }
            frames.tell(CommandHandler.error(refusal, cursor.topic(), cursor.askedBy()));
            return;
        }
        List<ByteBuffer> ended = framing.ended(frames.empty(), cursor.topic(), token, end);
        if (!framing.isStream()) {
            frames.send(ended);
            return;
        }
        move(ClientState::finished);
        frames.send(ended);
        transport.close(Closing.ENDED);
    }

    /** Keeps an idle stream alive, and tells how far it is. */
    private boolean comment() {
        if (!keepAlive.takeComment(cursors::hasBegun)) {
            return false;
        }
        boolean said = topics.idle();
        if (!said) {
            keepAlive.passComment();
        }
        return said;
    }

    // ------------------------------------------------------------------ for people; any thread

    @Override
    public Caller caller() {
        return identity.caller();
    }

    @Override
    public String protocol() {
        return transport.protocol();
    }

    @Override
    public long lag() {
        return cursors.lag();
    }

    @Override
    public void describe(ObjectNode to) {
        counters.addTo(to.put("client", id)
                .put("protocol", transport.protocol())
                .put("remote", transport.remote())
                .put("subject", caller().principal().subject()));
        cursors.describe(to);
    }
}
