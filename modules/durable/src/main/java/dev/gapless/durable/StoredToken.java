package dev.gapless.durable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.jspecify.annotations.Nullable;

/** Reads what is stored of a named subscription, stores a token behind it, if that may be, and ends. */
final class StoredToken extends StoredEvents {
    private static final byte FORMAT = 1;
    private static final int HEAD_BYTES = 1 + 4 * Long.BYTES;

    private final Change change;
    private final CompletableFuture<Row> done;
    private byte @Nullable [] last;

    /**
     * What is wanted.
     *
     * @param number that of the token
     * @param token null: the name is to be taken over, with the token that it has
     * @param untilNs nothing is stored later
     */
    record Change(UUID owner, long number, @Nullable String token, long untilNs) {}

    /**
     * An event: its format (1), who stored it (16 bytes), its number, when that was, in milliseconds since 1970 (8 bytes each, big-endian), and
     * the token.
     *
     * @param token empty if there is none
     */
    record Row(UUID owner, long number, long timeMs, String token) {
        private static final Row NONE = new Row(new UUID(0, 0), 0, 0, "");

        byte[] toBytes() {
            byte[] text = token.getBytes(StandardCharsets.UTF_8);
            return ByteBuffer.allocate(HEAD_BYTES + text.length)
                    .put(FORMAT)
                    .putLong(owner.getMostSignificantBits())
                    .putLong(owner.getLeastSignificantBits())
                    .putLong(number)
                    .putLong(timeMs)
                    .put(text)
                    .array();
        }

        /** Throws IllegalStateException for what is none, or of another version. */
        static Row read(byte[] bytes) {
            if (bytes.length < HEAD_BYTES || bytes[0] != FORMAT) {
                throw new IllegalStateException("A stored token is damaged, or of another version of Gapless."
                        + " gapless journal drop --subscription deletes it");
            }
            ByteBuffer head = ByteBuffer.wrap(bytes, 1, HEAD_BYTES - 1);
            UUID owner = new UUID(head.getLong(), head.getLong());
            return new Row(
                    owner,
                    head.getLong(),
                    head.getLong(),
                    new String(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES, StandardCharsets.UTF_8));
        }

        /** What is to be stored behind this, or null if nothing is. */
        @Nullable Row next(Change change, long nowMs) {
            boolean isIts = owner.equals(change.owner());
            if (change.token() == null) {
                return isIts ? null : new Row(change.owner(), 0, nowMs, token);
            }
            return isIts && number < change.number()
                    ? new Row(change.owner(), change.number(), nowMs, change.token())
                    : null;
        }
    }

    /**
     * Begins at once.
     *
     * @param done gets what is stored then
     */
    StoredToken(String id, Change change, CompletableFuture<Row> done) {
        super(id);
        this.change = change;
        this.done = done;
    }

    @Override
    void onEvent(long number, byte[] event) {
        last = event;
    }

    @Override
    void onEnd() {
        try {
            Row row = last == null ? Row.NONE : Row.read(last);
            Row next = row.next(change, System.currentTimeMillis());
            if (next == null) {
                end(row);
            } else if (System.nanoTime() - change.untilNs() >= 0) {
                fail(new IllegalStateException("The store took too long (gapless.store-timeout)"));
            } else {
                persist(next.toBytes(), stored -> {
                    done.complete(next);
                    deleteMessages(lastSequenceNr() - 1);
                });
            }
        } catch (IllegalStateException e) {
            fail(e);
        }
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(DeleteMessagesSuccess.class, gone -> getContext().stop(self()))
                .match(DeleteMessagesFailure.class, stay -> getContext().stop(self())) // they go with the next
                .build();
    }

    private void end(Row row) {
        done.complete(row);
        getContext().stop(self());
    }

    private void fail(Throwable cause) {
        done.completeExceptionally(cause);
        getContext().stop(self());
    }

    @Override
    void onFailure(IllegalStateException cause) {
        done.completeExceptionally(cause);
    }
}
