package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.SubscriptionSettings;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads which producers and keys a client wants. */
public final class TopicFilter {
    private static final String ANY = "*";
    private static final int MOST = 1_000;
    private static final Set<String> TYPE = Set.of("type");
    private static final Set<String> NODES_AND_KEYS = Set.of("nodes", "keys");

    private TopicFilter() {}

    /**
     * Reads a filter of the protocol: All, Nodes, Keys, or nodes and keys; everything for null. Of that it takes what the caller may see.
     * Throws {@link RequestException}.
     */
    public static Filter of(@Nullable JsonNode filter, Caller caller) {
        if (filter == null || filter.isNull()) {
            return of(null, null, caller);
        }
        if (!filter.isObject()) {
            throw bad("a filter is an object such as {\"type\":\"All\"}");
        }
        JsonNode type = filter.get("type");
        if (type == null) {
            MessageCommand.checkMembers("a filter without a type", filter, NODES_AND_KEYS, Set.of());
            return of(texts(filter, "nodes"), texts(filter, "keys"), caller);
        }
        return switch (type.asText()) {
            case "All" -> {
                MessageCommand.checkMembers("a filter of type All", filter, TYPE, Set.of());
                yield of(null, null, caller);
            }
            case "Nodes" -> {
                MessageCommand.checkMembers("a filter of type Nodes", filter, TYPE, Set.of("node_ids"));
                yield of(given(texts(filter, "node_ids"), "node_ids"), null, caller);
            }
            case "Keys" -> {
                MessageCommand.checkMembers("a filter of type Keys", filter, TYPE, Set.of("keys"));
                yield of(null, given(texts(filter, "keys"), "keys"), caller);
            }
            default ->
                throw bad("a filter's type is All, Nodes or Keys, not '" + type.asText()
                        + "'; without a type it has nodes, keys or both");
        };
    }

    /** Of these nodes and keys, as far as the caller may see them; null for any. Throws {@link RequestException}. */
    public static Filter of(@Nullable List<String> nodes, @Nullable List<String> asked, Caller caller) {
        if (!caller.seesAllKeys() && asked != null && asked.size() > MOST) {
            throw bad("keys are at most " + MOST);
        }
        List<String> keys = caller.keys(asked);
        SubscriptionSettings settings = SubscriptionSettings.defaults();
        try {
            if (nodes != null && !nodes.contains(ANY)) {
                settings = settings.withNodes(nodes);
            }
            if (keys != null) {
                settings = settings.withKeys(keys);
            }
        } catch (IllegalArgumentException e) {
            throw new RequestException(Kind.BAD_FILTER, String.valueOf(e.getMessage()), e);
        }
        return new Filter(settings);
    }

    private static List<String> given(@Nullable List<String> texts, String field) {
        if (texts == null) {
            throw bad("the filter has no " + field);
        }
        return texts;
    }

    private static @Nullable List<String> texts(JsonNode filter, String field) {
        JsonNode list = filter.get(field);
        if (list == null || list.isNull()) {
            return null;
        }
        if (!list.isArray() || list.size() > MOST) {
            throw bad(field + " is a list of at most " + MOST + " texts");
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode one : list) {
            if (!one.isTextual()) {
                throw bad(field + " is a list of texts, and this is none: " + one);
            }
            texts.add(one.textValue());
        }
        return texts;
    }

    private static RequestException bad(String why) {
        return new RequestException(Kind.BAD_FILTER, why);
    }
}
