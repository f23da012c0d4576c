package dev.gapless.bench.process;

import java.util.TreeSet;

/** Judges the numbers of the messages that one subscriber got: from 1 on, each once, and in order. One thread at a time. */
final class Checker {
    /** Of missing numbers, so many are remembered, to tell a late message from one that came twice. */
    private static final int MOST_REMEMBERED = 100_000;

    private final TreeSet<Long> missing = new TreeSet<>();
    private long next = 1;
    private long leftOut;
    private long late;
    private long twice;
    private long damaged;
    private long announced;
    private long announcedWrongly;
    private long firstWrong;

    /** The message with this number has come. */
    void got(long number) {
        if (number == next) {
            next++;
        } else {
            unexpected(number);
        }
    }

    /** As many messages from this number on were announced as missing: it must be the next ones. */
    void gotGap(long first, long count) {
        if (first != next || count < 1) {
            wrong(Math.min(first, next));
            announcedWrongly++;
        }
        next = Math.max(next, first + count);
        announced += Math.max(0, count);
    }

    /** How many messages were announced as missing. */
    long announced() {
        return announced;
    }

    /** A message has come that is not as it was sent. */
    void gotDamaged() {
        wrong(next);
        damaged++;
    }

    private void unexpected(long number) {
        if (number > next) {
            wrong(next);
            leftOut += number - next;
            for (long gone = next; gone < number && missing.size() < MOST_REMEMBERED; gone++) {
                missing.add(gone);
            }
            next = number + 1;
        } else if (missing.remove(number)) {
            leftOut--;
            late++;
        } else {
            wrong(number);
            twice++;
        }
    }

    private void wrong(long number) {
        if (firstWrong == 0) {
            firstWrong = number;
        }
    }

    /** The highest number that has come. */
    long highest() {
        return next - 1;
    }

    /**
     * What is wrong, in words; empty if nothing is.
     *
     * @param published how many messages there were
     */
    String verdict(long published) {
        long lost = leftOut + Math.max(0, published - highest());
        long unknown = Math.max(0, highest() - published);
        if (lost + late + twice + damaged + announcedWrongly + unknown == 0) {
            return "";
        }
        return "of " + published + " messages " + lost + " were lost, " + late + " came late, " + twice
                + " came twice, "
                + damaged + " were damaged, " + announcedWrongly + " gaps were announced wrongly, and " + unknown
                + " were never published; the first is number "
                + (firstWrong == 0 ? Math.min(published, highest()) + 1 : firstWrong);
    }
}
