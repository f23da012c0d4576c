package dev.gapless.examples.topic;

import dev.gapless.examples.CborMessage;

/** What is told to everybody. */
public sealed interface Alert extends AlertBoard.Command {
    /** There is something wrong. */
    record Raised(int id, String text) implements Alert, CborMessage {}

    /** It is right again. */
    record Cleared(int id) implements Alert, CborMessage {}

    /** Some alerts were missed. Said by the topic of this node, and never sent. */
    enum Missed implements Alert {
        SOME
    }
}
