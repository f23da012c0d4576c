package dev.gapless.core.feed;

import dev.gapless.core.Epoch;

/**
 * A stretch of one producer's messages, as this process counts stretches. The numbers make positions of different epochs comparable
 * on one node. Epochs that go on from one another share a number.
 *
 * @param node the producer's name
 * @param number 0 or more; a later stretch of this producer has a higher one
 * @param epoch the epoch
 * @param first the epoch's first sequence
 * @param uid the life that answered for it; 0 if that is not known
 */
public record Era(String node, long number, Epoch epoch, long first, long uid) {

    public Era {
        if (number < 0) {
            throw new IllegalArgumentException("Eras are counted from 0, this is " + number + " of " + node);
        }
    }
}
