package dev.gapless.gateway.internal.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How one status differs from the one before: members, topics and clients that changed are told whole, those that are gone by their names. */
final class StatusChanges {
    /** It differs each time, and says nothing. */
    private static final String UPTIME = "uptime_ms";

    private StatusChanges() {}

    static ObjectNode between(ObjectNode before, ObjectNode now) {
        ObjectNode changes = JsonNodeFactory.instance.objectNode();
        changes.put("type", "status_changed").set("time", now.get("time"));
        changes.set("totals", now.get("totals"));
        list("members", "address", before, now, changes);
        list("topics", "topic", before, now, changes);
        if (!now.path("losses").equals(before.path("losses"))) {
            changes.set("losses", now.get("losses"));
        }
        ObjectNode gateway = changes.putObject("gateway");
        now.path("gateway").properties().forEach(entry -> {
            if (!entry.getKey().equals("clients")) {
                gateway.set(entry.getKey(), entry.getValue());
            }
        });
        list("clients", "client", before.path("gateway"), now.path("gateway"), gateway);
        return changes;
    }

    /**
     * Tells of one list.
     *
     * @param key the field that tells its entries apart
     */
    private static void list(String name, String key, JsonNode before, JsonNode now, ObjectNode to) {
        Map<String, JsonNode> old = new HashMap<>();
        before.path(name).forEach(one -> old.put(one.path(key).asText(), one));
        ArrayNode changed = JsonNodeFactory.instance.arrayNode();
        Set<String> there = new HashSet<>();
        now.path(name).forEach(one -> {
            String id = one.path(key).asText();
            there.add(id);
            if (!isSame(old.get(id), one)) {
                changed.add(one);
            }
        });
        ArrayNode gone = JsonNodeFactory.instance.arrayNode();
        before.path(name).forEach(one -> {
            if (!there.contains(one.path(key).asText())) {
                gone.add(one.get(key));
            }
        });
        if (!changed.isEmpty() || !gone.isEmpty()) {
            ObjectNode list = to.putObject(name);
            list.set("changed", changed);
            list.set("gone", gone);
        }
    }

    private static boolean isSame(@Nullable JsonNode before, JsonNode now) {
        if (before == null || !now.has(UPTIME)) {
            return now.equals(before);
        }
        return before.size() == now.size()
                && now.properties().stream()
                        .allMatch(entry -> entry.getKey().equals(UPTIME)
                                || entry.getValue().equals(before.get(entry.getKey())));
    }
}
