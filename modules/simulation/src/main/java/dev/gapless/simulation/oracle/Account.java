package dev.gapless.simulation.oracle;

import org.jspecify.annotations.Nullable;

/**
 * What one subscription was given and announced of one stream. It never changes: each message and each announcement makes another one.
 *
 * @param due everything behind this sequence must still be given or announced; null while nobody knows where the subscription begins
 * @param got nothing up to this sequence may be given again
 * @param covered a reload had everything up to this sequence, while nobody knew where the subscription begins
 * @param named was a message of it given under the name of its node?
 * @param over was the subscription told that the stream has ended?
 */
record Account(@Nullable Long due, long got, long covered, boolean named, boolean over) {
    /** Nothing was given or announced. */
    static final Account EMPTY = new Account(null, 0, 0, false, false);

    /** What is behind this sequence is due, unless that was known before. */
    Account beginsBehind(long sequence) {
        return due == null ? dueBehind(sequence) : this;
    }

    /** It was told that it goes on there: also what a reload had is given, or announced. */
    Account goesOnBehind(long sequence) {
        return due == null ? new Account(sequence, got, 0, named, over) : this;
    }

    /** Everything up to this sequence was given or announced. It goes on, unless more is said. */
    Account hasGot(long sequence) {
        Account behind = dueBehind(sequence);
        return new Account(behind.due, sequence, behind.covered, named, false);
    }

    /** It was told that the stream goes on there, whatever a source claimed to have. */
    Account goesOnAgainBehind(long sequence) {
        return new Account(sequence, sequence, 0, named, false);
    }

    /** Nothing up to this sequence has to be given or announced any more. It may still be given. */
    Account covers(long sequence) {
        return due == null ? new Account(null, got, Math.max(sequence, covered), named, over) : dueBehind(sequence);
    }

    /** Everything of it may be given again. What is due stays as it is. */
    Account mayComeAgain() {
        return new Account(due, 0, covered, named, over);
    }

    Account goesByItsName() {
        return new Account(due, got, covered, true, over);
    }

    Account isOver() {
        return new Account(due, got, covered, named, true);
    }

    /** Behind which sequence everything is due, if the subscription begins behind this one unless more is known. */
    long dueBehindAtLeast(long sequence) {
        return due == null ? Math.max(sequence, covered) : due;
    }

    /** Once it is known where the subscription begins, what is covered counts as given. */
    private Account dueBehind(long sequence) {
        return new Account(Math.max(sequence, due == null ? covered : due), got, 0, named, over);
    }
}
