package dev.gapless.bench.process;

import java.util.concurrent.atomic.AtomicLongArray;

/** Which of a publisher's messages came to any subscription of this process. Thread-safe. */
final class Seen {
    private static final int MOST = 1 << 22;
    private final AtomicLongArray words = new AtomicLongArray(MOST / Long.SIZE);

    void add(long number) {
        if (number < 0 || number >= MOST) {
            throw new IllegalArgumentException("message " + number + " is beyond what can be remembered");
        }
        int word = (int) (number / Long.SIZE);
        long bit = 1L << number;
        for (long before = words.get(word); (before & bit) == 0; before = words.get(word)) {
            words.compareAndSet(word, before, before | bit);
        }
    }

    /** The highest number that came so far; 0 if none did. */
    long newest() {
        for (int i = words.length() - 1; i >= 0; i--) {
            long word = words.get(i);
            if (word != 0) {
                return (long) i * Long.SIZE + Long.SIZE - 1 - Long.numberOfLeadingZeros(word);
            }
        }
        return 0;
    }

    /** How many came so far. */
    long count() {
        long count = 0;
        for (int i = 0; i < words.length(); i++) {
            count += Long.bitCount(words.get(i));
        }
        return count;
    }
}
