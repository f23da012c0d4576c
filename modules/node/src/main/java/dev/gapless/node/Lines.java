package dev.gapless.node;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/** Cuts a stream of bytes into lines, without copying them. A line ends with a line feed, or at the end. */
final class Lines {
    /** Longer ones are refused; what may be published is shorter still. */
    static final int MAX_LINE_BYTES = 16 << 20;

    private final InputStream in;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private byte[] buffer = new byte[64 << 10];
    private int start;
    private int end;
    private int next;
    private int limit;
    private long count;

    Lines(InputStream in) {
        this.in = in;
    }

    /** So many lines, for people. */
    static String counted(long lines) {
        return String.format(Locale.ROOT, lines == 1 ? "%,d line" : "%,d lines", lines);
    }

    /** Goes to the next line; false if there is none. */
    boolean next() throws IOException {
        start = next;
        int scanned = start;
        while (true) {
            for (int i = scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    found(i, i + 1);
                    return true;
                }
            }
            int length = limit - start;
            makeRoom();
            scanned = start + length;
            int read = in.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                if (length == 0) {
                    return false;
                }
                found(limit, limit);
                return true;
            }
            limit += read;
        }
    }

    private void found(int lineEnd, int nextStart) {
        end = lineEnd > start && buffer[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
        next = nextStart;
        if (count == 0 && isMark()) {
            start += MARK.length;
        }
        count++;
    }

    /** Does the line begin with a byte order mark? Editors put one at the beginning of a file. */
    private boolean isMark() {
        return end - start >= MARK.length && Arrays.equals(buffer, start, start + MARK.length, MARK, 0, MARK.length);
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, limit - start);
            limit -= start;
            start = 0;
        }
        if (limit == buffer.length) {
            if (buffer.length >= MAX_LINE_BYTES) {
                throw new Failure("line " + (count + 1) + " is longer than " + MAX_LINE_BYTES + " bytes");
            }
            buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, MAX_LINE_BYTES));
        }
    }

    /** The bytes that the line is in. */
    byte[] buffer() {
        return buffer;
    }

    /** Where it begins there. */
    int start() {
        return start;
    }

    /** Its length, without the line's end. */
    int length() {
        return end - start;
    }

    /** Lines so far. */
    long count() {
        return count;
    }
}
