package dev.gapless.durable;

/**
 * The ids of a journal: {@code |} says whose the store is, {@code NODE|} has the starts of a node, {@code NODE|TOPIC} is a log,
 * {@code |TOPIC|NAME} is a named subscription. In names
 * {@code %} is {@code %25}, and {@code |} is {@code %7C}.
 */
final class LogIds {
    static final String OWNER = "|";
    private static final char SEPARATOR = '|';

    private LogIds() {}

    static String starts(String node) {
        return escaped(node) + SEPARATOR;
    }

    static String log(String node, String topic) {
        return escaped(node) + SEPARATOR + escaped(topic);
    }

    static String subscription(String topic, String name) {
        return OWNER + escaped(topic) + SEPARATOR + escaped(name);
    }

    static boolean isLog(String id) {
        int separator = id.indexOf(SEPARATOR);
        return separator > 0 && separator < id.length() - 1;
    }

    static boolean isSubscription(String id) {
        return id.startsWith(OWNER) && !id.equals(OWNER);
    }

    /** That of a named subscription: its topic and its name. */
    static String[] subscription(String id) {
        String[] parts = id.split("\\|", -1);
        return new String[] {unescaped(parts[1]), unescaped(parts[2])};
    }

    static String node(String id) {
        return unescaped(id.substring(0, id.indexOf(SEPARATOR)));
    }

    /** Empty if it is none of a log. */
    static String topic(String id) {
        return unescaped(id.substring(id.indexOf(SEPARATOR) + 1));
    }

    private static String escaped(String name) {
        return name.replace("%", "%25").replace("|", "%7C");
    }

    private static String unescaped(String name) {
        return name.replace("%7C", "|").replace("%25", "%");
    }
}
