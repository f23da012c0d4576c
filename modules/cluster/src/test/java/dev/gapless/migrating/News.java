package dev.gapless.migrating;

import dev.gapless.core.Gap;
import java.util.List;

/** What the readers of these examples are told. */
public sealed interface News {
    record Price(String symbol, double value) implements News {}

    // shown in docs/migrating.md
    record Missed(List<Gap> gaps) implements News {} // one more message of the subscribers' protocol
    // end
}
