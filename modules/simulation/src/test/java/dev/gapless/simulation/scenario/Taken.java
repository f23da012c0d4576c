package dev.gapless.simulation.scenario;

import dev.gapless.core.CursorToken;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Witness;

/** A token, what had been given and announced when it was taken, and who took it. */
record Taken(CursorToken token, Witness witness, Heard taker, long stamp) {

    /** Of a subscription with this number that goes on there. */
    Witness resumed(long id, Heard reader, long nowStamp) {
        return witness.resumed(id, new Witness.Handover(taker, stamp, reader, nowStamp));
    }
}
