package dev.gapless.core;

/**
 * One registration attempt. What carries another session than the current one is of no concern any more.
 *
 * @param uid the consuming node's incarnation, as Pekko numbers it
 * @param counter rises with every attempt of this incarnation, over all topics and readers, and is never reset
 */
public record Session(long uid, long counter) {

    @Override
    public String toString() {
        return Long.toHexString(uid) + "/" + counter;
    }
}
