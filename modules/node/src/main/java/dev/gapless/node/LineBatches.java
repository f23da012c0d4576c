package dev.gapless.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the lines of a stream while a request is under way. One thread reads and blocks for as long as the input does; another
 * one takes what is there. When the batch that is gathered is full, reading waits: no more than that, one line, and the batch
 * under way are in memory.
 */
final class LineBatches {
    /** Lines in a request. A gateway that waits for consumers answers when it has all of them. */
    static final int MAX_LINES = 2048;
    /** Bytes in a request, unless its only line is larger. */
    static final int MAX_BYTES = 512 << 10;

    private final Lines lines;
    private final JsonLine json;
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private List<Integer> ends = new ArrayList<>();
    private long firstLine = 1;
    private boolean isWaiting;
    private boolean isEnded;
    private @Nullable Failure failure;

    LineBatches(Lines lines, JsonLine json) {
        this.lines = lines;
        this.json = json;
    }

    /** Reads to the end of the stream. What goes wrong is told to who takes, behind the lines before it. */
    void read() {
        Failure error = null;
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (lines.next()) {
                line.reset();
                json.write(lines, line);
                add(line);
            }
        } catch (Failure e) {
            error = e;
        } catch (IOException e) {
            error = new Failure("cannot read standard input: " + Failure.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            error = new Failure("interrupted", e);
        } catch (RuntimeException e) {
            error = new Failure("line " + lines.count() + ": " + Failure.reason(e), e);
        }
        end(error);
    }

    private synchronized void add(ByteArrayOutputStream line) throws InterruptedException {
        while (!ends.isEmpty() && (ends.size() >= MAX_LINES || bytes.size() + line.size() > MAX_BYTES)) {
            isWaiting = true;
            notifyAll();
            wait();
        }
        isWaiting = false;
        bytes.writeBytes(line.toByteArray());
        ends.add(bytes.size());
        notifyAll();
    }

    private synchronized void end(@Nullable Failure error) {
        isEnded = true;
        failure = error;
        notifyAll();
    }

    /**
     * Waits until there are lines, and takes those that are there.
     *
     * @return null at the end of the stream
     * @throws Failure if the stream cannot be read on
     */
    synchronized @Nullable LineBatch take() throws InterruptedException {
        while (ends.isEmpty() && !isEnded) {
            wait();
        }
        if (ends.isEmpty()) {
            if (failure != null) {
                throw failure;
            }
            return null;
        }
        int[] taken = ends.stream().mapToInt(Integer::intValue).toArray();
        LineBatch batch = new LineBatch(firstLine, bytes.toByteArray(), taken, isWaiting);
        firstLine += taken.length;
        bytes = new ByteArrayOutputStream();
        ends = new ArrayList<>();
        notifyAll();
        return batch;
    }
}
