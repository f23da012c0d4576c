package dev.gapless.core.place;

import dev.gapless.core.Position;
import dev.gapless.core.Reason;

/** What comes behind a place in a producer. */
public sealed interface Next {
    /** This message, which is here. */
    record Message(Generation generation, long sequence) implements Next {}

    /** This message, which the producer's log has. */
    record Fetch(Generation generation, long sequence) implements Next {}

    /** Nothing more of this generation, whose producer left in good order. */
    record Left(Generation generation) implements Next {}

    /** Something is lost. {@link KnownProducer#lead} says where that leads. */
    record Lost(Reason reason) implements Next {}

    /** The log has to be asked whether it was ever there. */
    record Find(Position position) implements Next {}

    /** That is not known yet. */
    record Waiting() implements Next {}

    /** Nothing: everything was given. */
    record Level() implements Next {}

    Next WAIT = new Waiting();
    Next LEVEL = new Level();
}
