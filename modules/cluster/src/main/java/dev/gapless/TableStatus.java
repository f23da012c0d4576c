package dev.gapless;

import dev.gapless.core.Gap;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Table} is.
 *
 * <pre>{@code
 * if (!prices.status().isLive()) {
 *     banner("Prices may be old since " + prices.status().since());
 * }
 * }</pre>
 *
 * @param state of the table
 * @param since when it came to that
 * @param missed what was missed, and is not reloaded yet; empty if it is not STALE, and before the first load
 * @param reading whether the source is being read
 * @param failures how many reads in a row have failed
 * @param cause why the last of them failed, or why it has closed; null if nothing went wrong
 * @param otherCluster another cluster with the same id, for people: what is published there does not come here, so what is seen may be old although
 *     nothing is known to be missed ({@code gapless.other-cluster}); null if none is known, and if it is CLOSED
 */
public record TableStatus(
        State state,
        Instant since,
        List<Gap> missed,
        boolean reading,
        int failures,
        @Nullable Throwable cause,
        @Nullable String otherCluster) {

    /** What a table is at. */
    public enum State {
        /** What is seen is complete, as far as this cluster goes, and goes on. */
        LIVE,
        /** Something was missed, or it has not loaded yet: what is seen stays as it was until the source was read. */
        STALE,
        /** What is seen is old, and stays so: it was closed, its node has left the cluster or was removed, or it is beyond a bound. */
        CLOSED
    }

    /** {@return whether what is seen is complete, and goes on: it is LIVE, and no other cluster with the same id is known} */
    public boolean isLive() {
        return state == State.LIVE && otherCluster == null;
    }
}
