package dev.gapless.gateway.internal.grpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.log.Slice;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.changes.ChangeCursor;
import dev.gapless.gateway.internal.changes.Changes;
import dev.gapless.gateway.internal.changes.CollectionChange;
import dev.gapless.gateway.internal.client.ClientTurns;
import dev.gapless.gateway.internal.client.Closing;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Connected;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.v1.ChangeType;
import dev.gapless.gateway.v1.DocumentChange;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client of {@code DocumentChanges}. Everything happens in its turns; changes are read while the transport has room. */
final class DocumentStream implements Connected {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentStream.class);
    private static final int MOST_PER_TURN = 256;

    private final long id;
    private final ServerCallStreamObserver<ByteBuffer> call;
    private final Runnable headers;
    private final Common common;
    private final Consumer<@Nullable Closing> release;
    private final ClientTurns turns;
    private final Caller caller = Callers.caller();
    private final String remote = Callers.hostAndPort();
    private final long sinceNs = System.nanoTime();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable ChangeCursor cursor;
    private volatile @Nullable Closing closing;
    private volatile long epoch;
    private volatile long sent;
    private volatile long resyncs;
    /** When it last took something, or had nothing to take. */
    private volatile long progressNs = System.nanoTime();

    private volatile boolean waits;
    // Of its turns.
    private boolean begun;

    /** @param release is told once that the stream has ended, and why; null if the client went by itself */
    DocumentStream(
            long id,
            ServerCallStreamObserver<ByteBuffer> call,
            Runnable headers,
            Common common,
            Consumer<@Nullable Closing> release) {
        this.id = id;
        this.call = call;
        this.headers = headers;
        this.common = common;
        this.release = release;
        this.turns = new ClientTurns(common.executor(), this::turn);
        call.setOnReadyHandler(turns::wake);
        call.setOnCancelHandler(this::disconnected);
    }

    /** What the client wants. Throws {@link RequestException} if it cannot have that. */
    void start(Changes changes, Set<String> collections, @Nullable Long since, @Nullable Long ofEpoch) {
        epoch = changes.epoch();
        try {
            cursor = changes.open(collections, since, ofEpoch, "client " + id + " (grpc, " + remote + ")", turns::wake);
        } catch (RequestException e) {
            over.set(true);
            release.accept(Closing.ENDED);
            throw e;
        }
        if (over.get()) {
            leave(closing);
        }
        turns.wake();
    }

    // ------------------------------------------------------------------ turns

    private void turn() {
        ChangeCursor open = cursor;
        if (over.get() || open == null) {
            return;
        }
        try {
            Closing end = closing;
            if (end != null) {
                end(end, Statuses.of(end, common.reconnectMs()));
            } else if (open.begin()) {
                if (!begun) {
                    begun = true;
                    headers.run();
                }
                write(open);
            }
        } catch (RequestException e) {
            common.refused(caller, e);
            end(Closing.ENDED, Statuses.of(e, common.reconnectMs()));
        } catch (RuntimeException e) {
            LOG.error("Client {} (grpc, {}): the gateway failed. This is a defect of Gapless", id, remote, e);
            end(Closing.FAILED, Statuses.of(Closing.FAILED, common.reconnectMs()));
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one turn at a time
    private void write(ChangeCursor open) {
        for (int i = 0; i < MOST_PER_TURN; i++) {
            if (!call.isReady()) {
                waits = true;
                return; // it is woken
            }
            waits = false;
            progressNs = System.nanoTime();
            ChangeCursor.Next next = open.next();
            if (next == null) {
                return;
            }
            DocumentChange change = document(next);
            if (change.getChangeType() == ChangeType.CHANGE_TYPE_RESYNC) {
                resyncs++;
            }
            sent++;
            byte[] bytes = change.toByteArray();
            common.sent().frame(bytes.length);
            common.sent().events(1, change.getChangeType() == ChangeType.CHANGE_TYPE_RESYNC ? 1 : 0);
            call.onNext(ByteBuffer.wrap(bytes));
        }
        turns.wake();
    }

    private DocumentChange document(ChangeCursor.Next next) {
        CollectionChange change = next.change();
        DocumentChange.Builder document = DocumentChange.newBuilder()
                .setCollection(change.collection())
                .setSequence(next.sequence())
                .setEpoch(epoch);
        Slice slice = change.slice();
        if (slice == null) {
            return document.setChangeType(ChangeType.CHANGE_TYPE_RESYNC).build();
        }
        String key = slice.key(change.message());
        document.setDocId(key == null ? "" : key);
        if (slice.isTombstone(change.message())) {
            return document.setChangeType(ChangeType.CHANGE_TYPE_DELETE).build();
        }
        try {
            document.setJsonData(common.payloads().text(slice, change.message()));
        } catch (RuntimeException e) {
            LOG.warn(
                    "A message of {} cannot be shown: clients of DocumentChanges are told to list it again",
                    change.collection(),
                    e);
            return document.clearDocId()
                    .setChangeType(ChangeType.CHANGE_TYPE_RESYNC)
                    .build();
        }
        return document.setChangeType(ChangeType.CHANGE_TYPE_UPSERT).build();
    }

    private void end(Closing why, RuntimeException status) {
        if (over.compareAndSet(false, true)) {
            call.onError(status);
            leave(why);
        }
    }

    /** The client has cancelled it. */
    private void disconnected() {
        if (over.compareAndSet(false, true)) {
            leave(null);
        }
    }

    private void leave(@Nullable Closing why) {
        ChangeCursor open = cursor;
        if (open != null) {
            open.close();
            release.accept(why);
        }
    }

    // ------------------------------------------------------------------ for those who look; any thread

    @Override
    public void checkLiveness(long nowNs) {
        if (waits && nowNs - progressNs > common.settings().writeTimeout.toNanos()) {
            close(Closing.STUCK);
        }
    }

    @Override
    public void close(Closing why) {
        if (closing == null) {
            closing = why;
            turns.wake();
        }
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public String protocol() {
        return "grpc";
    }

    @Override
    public long lag() {
        ChangeCursor open = cursor;
        return open == null ? 0 : open.lag();
    }

    @Override
    public void describe(ObjectNode to) {
        ChangeCursor open = cursor;
        ArrayNode topics = to.put("client", id)
                .put("protocol", protocol())
                .put("remote", remote)
                .put("subject", caller().principal().subject())
                .put("uptime_ms", Duration.ofNanos(System.nanoTime() - sinceNs).toMillis())
                .put("events_sent", sent)
                .put("lag", open == null ? 0 : open.lag())
                .put("lagged_total", resyncs)
                .putArray("topics");
        if (open != null) {
            open.collections().forEach(topics::add);
        }
    }
}
