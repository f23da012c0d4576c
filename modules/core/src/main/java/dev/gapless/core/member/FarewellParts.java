package dev.gapless.core.member;

import dev.gapless.core.Epoch;
import dev.gapless.core.wire.Farewell;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has come of a member's farewell. Parts may come in any order, and twice. */
final class FarewellParts {
    private final Map<Integer, Map<Epoch, Long>> byIndex = new HashMap<>();
    private int parts;

    /** {@return all that the member published, once all parts have come; else null} */
    @Nullable Map<Epoch, Long> add(Farewell farewell) {
        if (farewell.parts() != parts) {
            byIndex.clear();
            parts = farewell.parts();
        }
        byIndex.put(farewell.index(), farewell.published());
        if (byIndex.size() < parts) {
            return null;
        }
        Map<Epoch, Long> all = new HashMap<>();
        byIndex.values().forEach(all::putAll);
        byIndex.clear();
        parts = 0;
        return all;
    }
}
