package dev.gapless.node;

import java.util.Arrays;

/** Lines that go to a gateway in one request. Immutable. */
final class LineBatch {
    private final long firstLine;
    private final byte[] bytes;
    private final int[] ends;
    private final boolean isFollowed;

    /**
     * @param firstLine the number of the first one in the input, from 1
     * @param bytes the lines as the gateway gets them
     * @param ends where each of them ends
     * @param isFollowed is the next line there already?
     */
    LineBatch(long firstLine, byte[] bytes, int[] ends, boolean isFollowed) {
        this.firstLine = firstLine;
        this.bytes = bytes;
        this.ends = ends;
        this.isFollowed = isFollowed;
    }

    /** The number of the first line in the input, from 1. */
    long firstLine() {
        return firstLine;
    }

    /** The number of the last line. */
    long lastLine() {
        return firstLine + ends.length - 1;
    }

    int size() {
        return ends.length;
    }

    /** The lines as the gateway gets them. */
    byte[] bytes() {
        return bytes;
    }

    /** Is the next line there already? */
    boolean isFollowed() {
        return isFollowed;
    }

    /** The same without its first lines. */
    LineBatch after(int lines) {
        if (lines == 0) {
            return this;
        }
        int from = ends[lines - 1];
        int[] rest =
                Arrays.stream(ends, lines, ends.length).map(end -> end - from).toArray();
        return new LineBatch(
                firstLine + lines, Arrays.copyOfRange(bytes, from, ends[ends.length - 1]), rest, isFollowed);
    }
}
