package dev.gapless.internal.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import dev.gapless.internal.spelling.Spelling;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Refuses settings below {@code gapless} that no {@code reference.conf} on the class path has, and says which were meant. Names that users
 * choose, and whatever a dispatcher may have, are not looked at.
 */
final class UnknownSettings {
    private static final String TOPICS = "topics";
    private static final String DISPATCHER = "default-dispatcher";

    /** What other modules have below {@code gapless}. */
    private static final Map<String, String> MODULES = Map.of(
            "gateway", "gapless-gateway",
            "management", "gapless-gateway",
            "journal", "gapless-durable");

    private final Config reference;
    private final Set<String> known = new TreeSet<>();
    private final Set<String> ofTopics = new TreeSet<>();

    /**
     * @param reference what is known below {@code gapless}
     * @param ofTheNode the first names of what no topic has of its own
     */
    UnknownSettings(Config reference, Set<String> ofTheNode) {
        this.reference = reference;
        reference.entrySet().forEach(entry -> known.add(entry.getKey()));
        known.stream()
                .filter(key -> !ofTheNode.contains(ConfigUtil.splitPath(key).get(0)))
                .forEach(ofTopics::add);
    }

    /** Throws if there are any of these below {@code gapless}. */
    void refuse(Config settings) {
        Map<String, String> unknown = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> entry : settings.entrySet()) {
            List<String> path = ConfigUtil.splitPath(entry.getKey());
            if (!isKnown(path, entry.getKey())) {
                String key = "gapless." + entry.getKey();
                unknown.put(key, key + " (" + entry.getValue().origin().description() + ")" + hint(path));
            }
        }
        if (!unknown.isEmpty()) {
            throw new ConfigException.BadPath(
                    unknown.keySet().iterator().next(),
                    "There is no such setting; the reference.conf of each module lists its own. Unknown: "
                            + String.join("; ", unknown.values()));
        }
    }

    private boolean isKnown(List<String> path, String key) {
        return path.get(0).equals(TOPICS)
                ? path.size() > 2 && ofTopics.contains(ConfigUtil.joinPath(path.subList(2, path.size())))
                : reference.hasPathOrNull(key) || isChosen(path);
    }

    /** Is it of a dispatcher, or of a map whose keys users choose? Those are empty in reference.conf. */
    private boolean isChosen(List<String> path) {
        for (int length = 1; length < path.size(); length++) {
            String above = ConfigUtil.joinPath(path.subList(0, length));
            if (reference.hasPath(above)
                    && reference.getValue(above) instanceof ConfigObject map
                    && (map.isEmpty() || path.get(length - 1).equals(DISPATCHER))) {
                return true;
            }
        }
        return false;
    }

    private String hint(List<String> path) {
        boolean ofTopic = path.get(0).equals(TOPICS) && path.size() > 2;
        String key = ConfigUtil.joinPath(ofTopic ? path.subList(2, path.size()) : path);
        if (ofTopic && known.contains(key)) {
            return ", which is a setting of the whole node: gapless." + key;
        }
        String module = MODULES.get(path.get(0));
        if (module != null && !reference.hasPath(path.get(0))) {
            return ", a setting of " + module + ", which is not on the class path";
        }
        String front = ofTopic ? "gapless." + ConfigUtil.joinPath(path.subList(0, 2)) + "." : "gapless.";
        return meant(key, ofTopic ? ofTopics : known)
                .map(one -> ", did you mean " + front + one + "?")
                .orElse("");
    }

    /** One that is written nearly so, or that has the same name in another place. */
    private static Optional<String> meant(String key, Set<String> known) {
        Optional<String> near = Spelling.nearest(key, known);
        if (near.isPresent()) {
            return near;
        }
        String name = lastName(key);
        List<String> namesakes =
                known.stream().filter(one -> lastName(one).equals(name)).toList();
        return namesakes.size() == 1 ? Optional.of(namesakes.get(0)) : Optional.empty();
    }

    private static String lastName(String key) {
        List<String> path = ConfigUtil.splitPath(key);
        return path.get(path.size() - 1);
    }
}
