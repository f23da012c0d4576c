package dev.gapless.internal.subscribe;

import dev.gapless.SubscriptionSettings;
import dev.gapless.core.Gap;
import dev.gapless.core.log.Slice;
import dev.gapless.core.subscription.PullCursor;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which producers and keys a subscription is about. Immutable. */
public final class Filter implements PullCursor.Filter {
    /** A member goes by its address until it has told its name. */
    private static final Pattern ADDRESS = Pattern.compile(".*:\\d+");

    private static final String ANYTHING = "*";

    private final Set<String> nodes;
    private final boolean allKeys;
    private final Set<String> keys;
    private final List<String> prefixes;

    public Filter(SubscriptionSettings settings) {
        this.nodes = settings.nodes();
        this.allKeys = settings.keys().isEmpty();
        this.keys = settings.keys().stream()
                .filter(pattern -> !pattern.endsWith(ANYTHING))
                .collect(Collectors.toUnmodifiableSet());
        this.prefixes = settings.keys().stream()
                .filter(pattern -> pattern.endsWith(ANYTHING))
                .map(pattern -> pattern.substring(0, pattern.length() - ANYTHING.length()))
                .toList();
    }

    @Override
    public boolean takesNode(String node) {
        return nodes.isEmpty() || nodes.contains(node);
    }

    @Override
    public boolean takesMessage(Slice slice, int i) {
        return allKeys || takesKey(slice.key(i));
    }

    private boolean takesKey(@Nullable String key) {
        if (key == null) {
            return false;
        }
        if (keys.contains(key)) {
            return true;
        }
        for (String prefix : prefixes) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** May messages that it takes be missing? So may those of a life that went before anybody knew its node's name. */
    boolean takesGap(Gap gap) {
        String node = gap.node();
        return node == null
                || takesNode(node)
                || (gap.epoch() == null && ADDRESS.matcher(node).matches());
    }
}
