package dev.gapless.internal.table;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a table stands.
 *
 * @param token everything up to here is in what is seen; null before the first state is complete
 * @param stale is something missing?
 * @param missed what, as far as it is known
 */
public record TableStanding(@Nullable CursorToken token, boolean stale, List<Gap> missed) {}
