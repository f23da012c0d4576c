package dev.gapless.core.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.Session;

/**
 * What passes between a producer and one reader of it. Every message carries the session of the registration that it
 * belongs to; with it the receiver tells what is current from what is late, repeated, or meant for somebody else.
 */
public sealed interface Message extends Packet permits ToProducer, ToConsumer {

    /** The number of a node's shared reader; catch-up readers have higher ones. */
    long SHARED_READER = 0;

    String topic();

    /** Which reader of the consuming node: {@link #SHARED_READER}, or a catch-up reader's number. */
    long reader();

    Session session();

    /** The checks that all messages share. */
    static void check(String topic, long reader) {
        Limits.checkName("topic", topic);
        if (reader < 0) {
            throw new IllegalArgumentException("A reader's number is at least 0, this is " + reader);
        }
    }

    /** Checks what a log says of itself. */
    static void checkOldest(long oldest, long head) {
        if (oldest < 1 || oldest - 1 > head) {
            throw new IllegalArgumentException("The oldest is 1 to head + 1: " + oldest + ", head " + head);
        }
    }

    /** Checks a sequence that may be the place before the first message. */
    static void checkSequence(String what, long sequence) {
        if (sequence < 0) {
            throw new IllegalArgumentException(what + " is at least 0, this is " + sequence);
        }
    }
}
