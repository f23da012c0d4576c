package dev.gapless.core.producer;

import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Slice;
import dev.gapless.core.wire.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** How far one reader has got in a log. */
class Cursor {
    /** An Ack is wanted for each half of a window, and for each of so many parts of a ring. */
    private static final int PARTS_OF_RING = 4;

    /** The registration that made it: what comes of an earlier one is ignored. */
    final Session session;
    /** The number of the reader on its node. */
    final long reader;

    /** The stream that it reads; of a copy all of the log. */
    final LogPart part;
    /** The number in the log of the last message that was sent, or is not to be sent. */
    long sent;
    /** The number of the last that the reader has. Invariant: at most {@link #sent}. */
    long acked;

    /** The number behind which it was sent everything: where it began, or was led to by an expiry. */
    long since;
    /** Was it that? */
    boolean expired;

    /** Has the reader answered since it was last told where it goes on? Until then it gets no second window. */
    boolean confirmed;
    /** How many bytes may be under way, as its reader last said. */
    long windowBytes;
    /** How many are. Invariant: the sum of {@link #batches}. */
    long bytesInFlight;

    /** How many bytes were sent behind the last batch that asks for an Ack. */
    private long unaskedBytes;
    /** How many messages were. */
    private long unaskedMessages;

    /** When the next heartbeat is to be sent, unless something else is sent before. */
    long heartbeatDueNs;
    /** Since when the log has more than the reader acknowledged, or publishers wait for its node; or when it last answered. */
    long progressNs;
    /** Has the log more than the reader acknowledged, or do publishers wait for its node? */
    boolean owing;
    /** It did not answer for too long: no publisher waits for it, until it does. */
    boolean stalled;

    /** Has the reader everything of a producer that leaves, and said so? */
    boolean goneAcknowledged;

    /** The largest batch that is sent to it: less than the settings say while batches do not seem to arrive (rule P13). */
    long batchBytes;
    /** The position that it registered with, until it gets somewhere; or null. */
    private @Nullable Position after;

    /** What is under way, in order. Null if nothing is: most cursors may be of topics at rest. */
    private @Nullable ArrayDeque<SentBatch> batches;

    private record SentBatch(long last, long bytes) {}

    Cursor(
            Session session,
            long reader,
            LogPart part,
            long next,
            long windowBytes,
            long nowNs,
            TopicSettings settings) {
        this.session = session;
        this.reader = reader;
        this.part = part;
        this.windowBytes = windowBytes;
        this.batchBytes = settings.batchBytes();
        this.progressNs = nowNs;
        this.heartbeatDueNs = nowNs + settings.heartbeatNs();
        resumeAt(next);
        this.since = next - 1;
    }

    /**
     * It registered with this start, and in place of that cursor, if there is one (rule P13).
     *
     * @param expires does it miss something by that?
     */
    void registered(Start start, @Nullable Cursor before, boolean expires) {
        after = start instanceof Start.After known
                ? known.position()
                : start instanceof Start.Copy copy ? copy.after() : null;
        expired = expires;
        if (before == null || after == null) {
            return;
        }
        // What was acknowledged is there. Of what is under way the shared reader knows it; of others the next one has
        // the same number.
        boolean isThere = since <= (reader == Message.SHARED_READER ? before.sent : before.acked);
        if (!expires && isThere && before.since <= since) {
            since = before.since;
            expired = before.expired;
        }
        if (after.equals(before.after)) {
            boolean batchUnderWay = before.bytesInFlight > 0; // a batch that was never sent was not too large
            batchBytes = batchUnderWay ? Math.max(Slice.OVERHEAD_BYTES, before.batchBytes / 2) : before.batchBytes;
        }
    }

    /**
     * The reader goes on here, and has to confirm it (rule P3). What is under way stays so until then: a reader that does
     * not answer is not sent another window each time that the ring overtakes it.
     */
    private void resumeAt(long next) {
        sent = next - 1;
        acked = next - 1;
        confirmed = false;
        unaskedBytes = 0;
        unaskedMessages = 0;
        owing = false;
        assert invariant() : this;
    }

    /** The ring overtook it. */
    void overtaken(long next) {
        resumeAt(next);
        since = next - 1;
        expired = true;
    }

    private boolean invariant() {
        boolean nothingInFlight = batches == null;
        return acked <= sent && nothingInFlight == (bytesInFlight == 0);
    }

    /** Messages up to this number may be overwritten, as far as its reader is concerned. */
    long evictable() {
        return acked;
    }

    /** Everything up to this number has been received, and may be overwritten. */
    long doneUpTo() {
        return Math.min(acked, evictable());
    }

    boolean isReadBy(long uid, long readerNumber) {
        return session.uid() == uid && reader == readerNumber;
    }

    /** The log has gone on, or publishers begin to wait: from now on the reader is expected to get somewhere. */
    void beginToOwe(long nowNs, long heartbeatNs) {
        owing = true;
        progressNs = nowNs;
        heartbeatDueNs = nowNs + heartbeatNs;
    }

    /**
     * May another batch be sent? One may always be under way, unless the window is closed (rule P5); further ones when a whole
     * batch fits, so that a window that is nearly full does not cut the stream into crumbs, and none while batches are smaller
     * than that: they would be thousands.
     *
     * @param wholeBatchBytes the largest batch of the settings
     */
    boolean isOpen(long wholeBatchBytes) {
        return windowBytes > 0
                && (bytesInFlight == 0 || (batchBytes == wholeBatchBytes && bytesInFlight + batchBytes <= windowBytes));
    }

    /** Is there anything to do for it when more is appended: may it be sent, or does it begin to owe an Ack? */
    boolean wantsMore(long wholeBatchBytes) {
        return isOpen(wholeBatchBytes) || !owing;
    }

    /**
     * Is an Ack wanted at once for messages that are about to be sent? Else the reader may wait for more, so that a slow stream does not
     * cost one for each message, and a fast one not one for each batch. It must not wait while the window or the ring may fill up for want
     * of it.
     */
    boolean asks(int messages, long bytes, TopicSettings settings) {
        long unasked = unaskedBytes + bytes;
        return !confirmed
                || batchBytes < settings.batchBytes()
                || 2 * unasked >= windowBytes
                || PARTS_OF_RING * unasked >= settings.bufferBytes()
                || PARTS_OF_RING * (unaskedMessages + messages) >= settings.bufferMessages();
    }

    /** Was this one sent, and neither it nor a later one with the wish for an Ack? */
    boolean isUnasked(long number) {
        return sent - unaskedMessages < number && number <= sent;
    }

    void sent(long last, long bytes, boolean asks) {
        unaskedBytes = asks ? 0 : unaskedBytes + bytes;
        unaskedMessages = asks ? 0 : unaskedMessages + last - sent;
        sent = last;
        bytesInFlight += bytes;
        ArrayDeque<SentBatch> inFlight = batches == null ? new ArrayDeque<>(1) : batches;
        inFlight.add(new SentBatch(last, bytes));
        batches = inFlight;
        assert invariant() : this;
    }

    /** Takes an acknowledgement that {@link ProducerState} has found to be current. */
    void acknowledged(long sequence, long windowBytes, long nowNs, TopicSettings settings) {
        assert acked <= sequence && sequence <= sent : acked + " ≤ " + sequence + " ≤ " + sent;
        if (sequence > acked) {
            after = null;
            batchBytes = settings.batchBytes();
        }
        // Whoever answers is alive, and sees itself to it that no subscription of its holds up the others.
        progressNs = nowNs;
        stalled = false;
        acked = sequence;
        confirmed = true;
        this.windowBytes = windowBytes;
        ArrayDeque<SentBatch> inFlight = batches;
        while (inFlight != null && !inFlight.isEmpty() && inFlight.element().last() <= sequence) {
            bytesInFlight -= inFlight.remove().bytes();
        }
        if (inFlight != null && inFlight.isEmpty()) {
            batches = null;
        }
        assert invariant() : this;
    }

    @Override
    public String toString() {
        return session + ": " + acked + " of " + sent + ", " + bytesInFlight + " B in flight of " + batches;
    }

    /** Level cursors cost nothing: no heartbeat is due (rule P6). */
    boolean isLevel(long head) {
        return confirmed && acked >= head;
    }

    /** Do publishers wait for its reader: for an Ack, or for its coming to the next stream? */
    boolean isWaitedFor() {
        return owing || part.isEarlier();
    }

    /** Is something to be kept for its reader of a log with this head? */
    boolean holds(long head) {
        return acked < head;
    }

    CursorStatus status(boolean reachable, long head) {
        return new CursorStatus(
                session, reader, sent, acked, confirmed, bytesInFlight, windowBytes, holds(head), stalled, reachable);
    }
}
