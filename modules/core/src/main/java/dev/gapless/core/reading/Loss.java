package dev.gapless.core.reading;

import dev.gapless.core.Gap;
import dev.gapless.core.place.ProducerPlace;
import java.util.ArrayList;
import java.util.List;

/**
 * What a subscription has lost of one producer. Where it leads is settled when it is found: an application may read its source at once, and what
 * comes after that is not in it.
 *
 * @param to where the subscription goes on once it has reloaded
 * @param lastEvent the last removal of one of the producer's generations when it was found; -1 if none was
 * @param gaps what it is told of it alone
 */
record Loss(int slot, ProducerPlace to, long lastEvent, List<Gap> gaps) {
    /** What is told of all of them. */
    static List<Gap> gaps(List<Loss> losses) {
        List<Gap> gaps = new ArrayList<>();
        losses.forEach(loss -> gaps.addAll(loss.gaps()));
        return List.copyOf(gaps);
    }
}
