package dev.gapless.gateway.internal.grpc;

import com.google.protobuf.ByteString;
import dev.gapless.Ended;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import dev.gapless.gateway.internal.changes.Numbering;
import dev.gapless.gateway.internal.client.StateEvent;
import dev.gapless.gateway.internal.client.StateEvent.Brackets;
import dev.gapless.gateway.internal.client.States;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.Reasons;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.json.ShownRow;
import dev.gapless.gateway.v1.ChangeType;
import dev.gapless.gateway.v1.DocumentChange;
import dev.gapless.internal.subscribe.MessageReader;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Pulled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The responses to {@code DocumentChanges.Subscribe} with {@code snapshot}: a document of a state, or that a list of all begins or ends. A frame
 * has several. They are numbered for themselves: whoever comes back with one of these numbers is told to list everything again.
 */
final class DocumentFraming extends GrpcFraming {
    private final States states;
    private final Numbering numbering;
    private long sent;
    private String collection = "";
    /** Where each response of the frame that is being made ends. */
    private final List<Integer> ends = new ArrayList<>();

    DocumentFraming(States states, Numbering numbering) {
        this.states = states;
        this.numbering = numbering;
    }

    @Override
    public void begin(Bytes frame, String topic, boolean ids) {
        collection = topic;
        ends.clear();
    }

    @Override
    public boolean state(Bytes frame, int events, StateEvent event, Supplier<CursorToken> token) {
        if (!isTold(event)) {
            return true;
        }
        sent++;
        DocumentChange.Builder told = DocumentChange.newBuilder()
                .setCollection(collection)
                .setSequence(numbering.sequence(sent))
                .setEpoch(numbering.epoch());
        if (event instanceof StateEvent.Row row) {
            document(row, told);
        } else {
            boolean begins = event instanceof StateEvent.Start;
            told.setChangeType(begins ? ChangeType.CHANGE_TYPE_RESYNC : ChangeType.CHANGE_TYPE_LISTED);
        }
        write(told.build(), frame);
        ends.add(frame.size());
        return true;
    }

    /** What differs comes without brackets: one document after the other. */
    private static boolean isTold(StateEvent event) {
        return event instanceof StateEvent.Row
                || (event instanceof StateEvent.Start start && start.brackets() == Brackets.ALL)
                || (event instanceof StateEvent.End end && end.brackets() == Brackets.ALL);
    }

    private void document(StateEvent.Row row, DocumentChange.Builder to) {
        ShownRow shown = states.rows().show(collection, row.row(), row.mostBytes());
        to.setDocId(row.key());
        if (shown instanceof ShownRow.Deleted) {
            to.setChangeType(ChangeType.CHANGE_TYPE_DELETE);
            return;
        } else if (shown instanceof ShownRow.Json json) {
            to.setJsonDataBytes(ByteString.copyFrom(json.data()));
        } // else it is there, and cannot be shown
        to.setChangeType(ChangeType.CHANGE_TYPE_UPSERT);
    }

    /** It is told by the list that follows. */
    @Override
    public void expired(Bytes frame, long timeMs, List<Gap> gaps, CursorToken inFront, Supplier<CursorToken> next) {}

    @Override
    public List<ByteBuffer> end(Bytes frame, int events, Supplier<CursorToken> token) {
        ByteBuffer all = frame.from(0).get(0); // its own: nothing is shared here
        List<ByteBuffer> responses = new ArrayList<>(ends.size());
        int from = 0;
        for (int to : ends) {
            responses.add(all.slice(from, to - from));
            from = to;
        }
        ends.clear();
        return responses;
    }

    /** The first list says it. */
    @Override
    public List<ByteBuffer> subscribed(
            Bytes frame, String topic, CursorToken token, List<CursorToken.Entry> places, Set<String> silent) {
        return List.of();
    }

    /** The status says it. */
    @Override
    public List<ByteBuffer> ended(Bytes frame, String topic, @Nullable CursorToken token, MessageSubscription.End how) {
        Throwable cause = how.cause();
        throw new RequestException(
                how.reason() == Ended.Reason.SHUTDOWN ? Kind.CLOSING : Kind.REFUSED,
                "Collection " + topic + " ended: "
                        + (cause == null ? how.reason().name() : Reasons.of(cause)));
    }

    @Override
    public void message(
            Bytes frame, int events, MessageReader reader, long maxMessageBytes, Supplier<CursorToken> token) {
        throw new IllegalStateException("a list is of a state");
    }

    @Override
    public void left(Bytes frame, Pulled.Left left, Supplier<CursorToken> token) {
        throw new IllegalStateException("a list is of a state");
    }

    @Override
    public @Nullable List<ByteBuffer> idle(Bytes frame, @Nullable CursorToken progress) {
        return null;
    }
}
