package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.log.Slice;
import dev.gapless.gateway.internal.json.ArrayJson;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.MessageJson;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.json.StateJson;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Events as JSON, which clients in step share; what is around each is the protocol's own. */
abstract class JsonFraming implements Framing {
    private final PayloadJson payloads;
    private final MessageJson json;
    private final SharedJson shared;
    private final States states;
    private final StateJson state = new StateJson();
    private final Tally tally;
    private String topic = "";
    /** Of the message that was written last, while a frame is made; and its JSON, if it is shared. */
    private byte @Nullable [] lastIndex;

    private @Nullable ArrayJson last;

    JsonFraming(Common common) {
        this.payloads = common.payloads();
        this.json = new MessageJson(payloads);
        this.shared = common.sharedJson();
        this.states = common.states();
        this.tally = common.tally();
    }

    /** An event comes, after so many. */
    abstract void before(Bytes frame, int events);

    /** The event is there; the token resumes behind it. */
    abstract void after(Bytes frame, Supplier<CursorToken> token);

    /** An event is there that has a token of its own; the client goes on at this one if it goes by its place in the stream. */
    void afterToken(Bytes frame, Supplier<CursorToken> next) {
        after(frame, next);
    }

    @Override
    public void begin(Bytes frame, String of, boolean ids) {
        topic = of;
        last = null;
        lastIndex = null;
    }

    @Override
    public void message(
            Bytes frame, int events, MessageReader reader, long maxMessageBytes, Supplier<CursorToken> token) {
        before(frame, events);
        message(frame, reader, maxMessageBytes);
        after(frame, token);
    }

    @Override
    public boolean state(Bytes frame, int events, StateEvent event, Supplier<CursorToken> token) {
        before(frame, events);
        if (event instanceof StateEvent.Row row) {
            state.row(topic, row.key(), states.rows().show(topic, row.row(), row.mostBytes()), row.in() != null, frame);
        } else if (event instanceof StateEvent.Start start) {
            state.start(topic, start.brackets() == StateEvent.Brackets.ALL, frame);
        } else if (event instanceof StateEvent.End end) {
            state.end(topic, end.token(), end.stale(), frame);
            afterToken(frame, token);
            return true;
        }
        after(frame, token);
        return true;
    }

    /** Whoever catches up may be in step with nobody: what it is given is made for it alone, unless another one wants it, too. */
    private void message(Bytes to, MessageReader reader, long maxMessageBytes) {
        Slice slice = reader.slice();
        int i = reader.index();
        // Who takes all messages does not touch one of which the JSON is there.
        boolean tooLarge = maxMessageBytes < Long.MAX_VALUE && payloads.plainLength(slice, i) > maxMessageBytes;
        if (!shared.isOn() || tooLarge) {
            json.message(place(reader, 0), slice, i, maxMessageBytes, to);
            return;
        }
        if (lastIndex != slice.index()) {
            lastIndex = slice.index();
            last = reader.isCatchingUp() ? shared.ofMany(lastIndex, hashCode()) : shared.of(lastIndex);
        }
        ArrayJson of = last;
        if (of == null) {
            json.message(place(reader, 0), slice, i, maxMessageBytes, to);
            return;
        }
        int number = slice.first() + i;
        if (!of.copy(number, to)) {
            ArrayJson.Maker maker =
                    (more, made) -> json.message(place(reader, more), slice, i + more, Long.MAX_VALUE, made);
            of.make(number, slice.count() - i, maker, to);
        }
    }

    private MessageJson.Place place(MessageReader reader, int more) {
        Position position = new Position(reader.epoch(), reader.sequence() + more);
        return new MessageJson.Place(topic, reader.node(), position);
    }

    /** An idle client holds no messages. */
    @Override
    public final List<ByteBuffer> end(Bytes frame, int events, Supplier<CursorToken> token) {
        last = null;
        lastIndex = null;
        return finish(frame, events, token);
    }

    /** The frame of so many events ends. {@return what is to be sent} */
    abstract List<ByteBuffer> finish(Bytes frame, int events, Supplier<CursorToken> token);

    @Override
    public void expired(Bytes frame, long timeMs, List<Gap> gaps, CursorToken inFront, Supplier<CursorToken> next) {
        before(frame, 0);
        json.expired(topic, timeMs, gaps, inFront, frame);
        afterToken(frame, next);
    }

    @Override
    public void left(Bytes frame, Pulled.Left left, Supplier<CursorToken> token) {
        before(frame, 0);
        json.left(new MessageJson.Place(topic, left.node(), left.position()), frame);
        after(frame, token);
    }

    @Override
    public List<ByteBuffer> ended(Bytes frame, String of, @Nullable CursorToken token, MessageSubscription.End how) {
        before(frame, 0);
        json.ended(of, how.reason(), how.cause(), token, frame);
        afterEnd(frame);
        return frame.from(0);
    }

    /** There is nothing to resume behind this one. */
    abstract void afterEnd(Bytes frame);

    @Override
    public @Nullable List<ByteBuffer> object(Bytes frame, ObjectNode message) {
        if (message.path("type").asText().equals("error")) {
            tally.refused(message.path("code").asText());
        }
        before(frame, 0);
        MessageJson.tree(message, frame);
        afterObject(frame, message);
        return frame.from(0);
    }

    abstract void afterObject(Bytes frame, ObjectNode message);
}
