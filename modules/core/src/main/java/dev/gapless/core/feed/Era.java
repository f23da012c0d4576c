package dev.gapless.core.feed;

import dev.gapless.core.Epoch;

/**
 * A stretch of one producer's messages, as this process counts stretches. The numbers make positions of different epochs comparable
 * on one node. Epochs that go on from one another share a number.
 *
 * @param node the producer's name
 * @param number 1 or more; a later stretch of this producer has a higher one
 * @param epoch the epoch
 * @param first the epoch's first sequence
 */
public record Era(String node, long number, Epoch epoch, long first) {

    public Era {
        if (number < 1) {
            throw new IllegalArgumentException("Eras are counted from 1, this is " + number + " of " + node);
        }
    }
}
