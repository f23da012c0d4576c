package dev.gapless.simulation.schedule;

import dev.gapless.core.Epoch;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Short names for people: the second incarnation of n1 is {@code n1.2}, its log too, so that {@code n1.2:17} is a position and
 * {@code n1.2/3} a session.
 */
final class Names {
    private static final Pattern NUMBER = Pattern.compile("(?<![0-9A-Za-z-])-?[0-9a-f]{8,20}(?![0-9A-Za-z])");

    /** How the core prints a place in a feed; the epoch's name and the sequence say it all. */
    private static final Pattern PLACED =
            Pattern.compile("At\\[era=Era\\[[^]]*epoch=([^,]+), first=[^]]*], sequence=(\\d+)]");

    private final Map<String, String> names = new HashMap<>();
    private final Map<Long, String> incarnations = new HashMap<>();

    /** A process starts; it is the next incarnation of this host. */
    void started(Host host, long uid, int incarnation) {
        String name = host + "." + incarnation;
        incarnations.put(uid, name);
        names.put(Long.toHexString(uid), name);
        names.put(Long.toString(uid), name);
    }

    void logMade(long uid, Epoch epoch) {
        names.put(epoch.toString(), of(uid));
    }

    String of(long uid) {
        return incarnations.getOrDefault(uid, Long.toHexString(uid));
    }

    /** The text, with names for all numbers that have one. */
    String shorten(String text) {
        String named = NUMBER.matcher(text)
                .replaceAll(number -> Matcher.quoteReplacement(names.getOrDefault(number.group(), number.group())))
                .replace("topic=topic, ", "");
        return PLACED.matcher(named).replaceAll("$1:$2");
    }
}
