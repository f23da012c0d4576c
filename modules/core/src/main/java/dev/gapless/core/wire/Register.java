package dev.gapless.core.wire;

import dev.gapless.core.Session;
import dev.gapless.core.Start;

/**
 * A reader announces itself, for the first time or again: the one way to recover from anything.
 *
 * @param toUid the incarnation that it is meant for; any other ignores it
 * @param start where to begin
 * @param windowBytes how much may be under way without acknowledgement; 0 is nothing until an Ack grants some
 */
public record Register(String topic, long reader, Session session, long toUid, Start start, long windowBytes)
        implements ToProducer {
    public Register {
        Message.check(topic, reader);
        Message.checkSequence("A window", windowBytes);
    }
}
