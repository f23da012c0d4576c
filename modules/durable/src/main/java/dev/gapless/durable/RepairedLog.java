package dev.gapless.durable;

import java.nio.file.Path;
import java.util.List;

/**
 * What a repair has done to a log. Immutable.
 *
 * @param kept the store as it was before
 * @param records how many records are gone; 0 if none was damaged, and nothing was changed
 * @param lost what they held, as far as it is lost
 */
public record RepairedLog(Path kept, long records, List<LostMessages> lost) {
    public RepairedLog {
        lost = List.copyOf(lost);
    }
}
