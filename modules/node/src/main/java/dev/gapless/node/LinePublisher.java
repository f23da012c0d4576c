package dev.gapless.node;

import dev.gapless.Producer;
import dev.gapless.Publication;
import dev.gapless.core.Position;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the lines of a stream, in order. Reading blocks for as long as it likes, so a thread of its own does it, and a
 * signal or the node's end need not wait for it.
 */
final class LinePublisher {
    /** Publishes under way at most; below gapless.max-pending-publishes, so that none is refused. */
    static final int MAX_IN_FLIGHT = 4096;

    private final Lines lines;
    private final @Nullable KeyField keyField;
    private final Producer<Object> producer;
    private final Progress progress;
    private final Member member;
    private final Termination termination;
    private final Semaphore permits = new Semaphore(MAX_IN_FLIGHT);
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    LinePublisher(
            InputStream in,
            @Nullable KeyField keyField,
            Producer<Object> producer,
            Progress progress,
            Member member,
            Termination termination) {
        this.lines = new Lines(in);
        this.keyField = keyField;
        this.producer = producer;
        this.progress = progress;
        this.member = member;
        this.termination = termination;
    }

    /**
     * Publishes everything.
     *
     * @return how many lines were accepted
     */
    long run() {
        Thread pump = new Thread(this::pump, "gapless-publish");
        pump.setDaemon(true);
        pump.start();
        var first = CompletableFuture.anyOf(done, termination.requested(), member.ended())
                .handle((value, error) -> failure.get())
                .join();
        if (first != null) {
            throw first;
        }
        if (!done.isDone()) {
            String published = Lines.counted(lines.count());
            throw new Failure(
                    termination.isRequested()
                            ? "interrupted after about " + published
                            : "stopped after about " + published + ": " + member.whyEnded());
        }
        return lines.count();
    }

    private void pump() {
        try {
            while (lines.next()) {
                permits.acquire();
                if (failure.get() != null) {
                    break;
                }
                publish(LineMessage.of(lines.buffer(), lines.start(), lines.length(), lines.count()));
                progress.update(lines.count());
            }
            permits.acquire(MAX_IN_FLIGHT);
        } catch (IOException e) {
            fail(new Failure("cannot read standard input: " + Failure.reason(e), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(new Failure("interrupted after about " + Lines.counted(lines.count()), e));
        } catch (Failure e) {
            fail(e);
        } catch (RuntimeException e) {
            fail(new Failure("line " + lines.count() + ": " + Failure.reason(e), e));
        } finally {
            done.complete(null);
        }
    }

    private void publish(Object message) {
        String key = keyField == null ? null : keyField.keyOf(message);
        CompletableFuture<Position> accepted = producer.publish(new Publication<>(message, key, Map.of(), null))
                .toCompletableFuture();
        if (accepted.isDone() && !accepted.isCompletedExceptionally()) {
            permits.release();
            return;
        }
        long line = lines.count();
        var unused = accepted.whenComplete((position, error) -> {
            if (error != null) {
                fail(new Failure("line " + line + " was not accepted: " + Failure.reason(error), error));
            }
            permits.release();
        });
    }

    private void fail(Failure what) {
        failure.compareAndSet(null, what);
        done.complete(null);
    }
}
