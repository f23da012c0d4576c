package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.settings.AccessSettings;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What somebody may. Immutable.
 *
 * @param subscribe to these topics
 * @param publish to these topics, as far as they are there
 * @param create these, by publishing to them
 * @param keys of messages that are seen and published; null for any, and for none
 * @param status of the cluster, and metrics
 */
public record Permissions(Patterns subscribe, Patterns publish, Patterns create, Patterns keys, boolean status) {
    static final Permissions ALL = new Permissions(Patterns.ANY, Patterns.ANY, Patterns.ANY, Patterns.ANY, true);
    static final Permissions NONE = new Permissions(Patterns.NONE, Patterns.NONE, Patterns.NONE, Patterns.ANY, false);

    private static final Set<String> MEMBERS = Set.of("subscribe", "publish", "create", "keys", "status");
    private static final int MOST = 1_000;
    private static final Pattern PATTERN = Pattern.compile("[^*]+|[^*]*\\*");

    /** Reads {@code {"subscribe":["prices","fleet/*"],"status":true}}: what it does not name is not allowed, but for keys. Throws IllegalArgumentException. */
    static Permissions of(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("permissions are an object such as {\"subscribe\":[\"prices\"]}");
        }
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException(
                        "permissions have subscribe, publish, create, keys and status, not '" + name + "'");
            }
        }
        JsonNode status = json.path("status");
        if (!status.isMissingNode() && !status.isBoolean()) {
            throw new IllegalArgumentException("status is true or false");
        }
        return new Permissions(
                patterns(json, "subscribe", Patterns.NONE),
                patterns(json, "publish", Patterns.NONE),
                patterns(json, "create", Patterns.NONE),
                patterns(json, "keys", Patterns.ANY),
                status.asBoolean(false));
    }

    /** Of who shows no credential. Throws IllegalArgumentException. */
    static Permissions of(AccessSettings.Anonymous anonymous) {
        return new Permissions(
                patterns("subscribe", anonymous.subscribe()),
                patterns("publish", anonymous.publish()),
                patterns("create", anonymous.create()),
                patterns("keys", anonymous.keys()),
                anonymous.status());
    }

    private static Patterns patterns(String name, List<String> given) {
        given.forEach(pattern -> check(name, pattern, pattern));
        return new Patterns(given);
    }

    private static void check(String name, @Nullable String pattern, Object shown) {
        if (pattern == null || !PATTERN.matcher(pattern).matches()) {
            throw new IllegalArgumentException(
                    name + " has names, and beginnings that end with an asterisk (\"fleet/*\"), not " + shown);
        }
    }

    private static Patterns patterns(JsonNode json, String name, Patterns otherwise) {
        JsonNode list = json.path(name);
        if (list.isMissingNode()) {
            return otherwise;
        }
        if (!list.isArray() || list.size() > MOST) {
            throw new IllegalArgumentException(name + " is a list of at most " + MOST + " names and patterns");
        }
        List<String> patterns = new ArrayList<>();
        for (JsonNode one : list) {
            String pattern = one.textValue();
            check(name, pattern, one);
            patterns.add(String.valueOf(pattern));
        }
        return new Patterns(patterns);
    }

    /** As {@link #of(JsonNode)} reads it. */
    ObjectNode json() {
        ObjectNode json = PayloadJson.JSON.createObjectNode();
        subscribe.all().forEach(json.putArray("subscribe")::add);
        publish.all().forEach(json.putArray("publish")::add);
        create.all().forEach(json.putArray("create")::add);
        keys.all().forEach(json.putArray("keys")::add);
        return json.put("status", status);
    }

    /** What either allows, of the keys that both do. */
    Permissions or(Permissions other) {
        return new Permissions(
                subscribe.or(other.subscribe),
                publish.or(other.publish),
                create.or(other.create),
                new Patterns(keys.and(other.keys.all())),
                status || other.status);
    }

    /** Is anything allowed of topics? */
    boolean isAnything() {
        return !subscribe.all().isEmpty()
                || !publish.all().isEmpty()
                || !create.all().isEmpty();
    }
}
