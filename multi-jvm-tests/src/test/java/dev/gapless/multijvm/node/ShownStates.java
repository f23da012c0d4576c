package dev.gapless.multijvm.node;

import dev.gapless.core.CursorToken;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes down the states that somebody is shown of a table, each as what differs from the one before. For one thread at a time.
 */
final class ShownStates {
    private final Journal journal;
    private Map<String, String> shown = new HashMap<>();
    private String lastStatus = "";
    private String lastToken = "";

    ShownStates(String directory, String id, String process) {
        journal = new Journal(directory, "observer-" + id);
        journal.timed("observer", id, process);
    }

    static String row(TableRow row) {
        return row(row.version(), row.read());
    }

    static String row(long version, String read) {
        return version + "@" + read;
    }

    /** What it says of each stream, as the checker reads it. */
    static String entries(CursorToken token) {
        return token.entries().stream()
                .filter(entry -> entry.sequence() >= 0)
                .map(entry -> entry.epoch() + ":" + entry.sequence())
                .collect(Collectors.joining(","));
    }

    /** All rows by their keys, when it was not before the one time and not after the other. */
    void state(long fromNs, String status, CursorToken token, Map<String, String> rows, long toNs) {
        StringBuilder changes = new StringBuilder();
        rows.forEach((key, row) -> {
            if (!row.equals(shown.get(key))) {
                changes.append(' ').append(key).append('=').append(row);
            }
        });
        shown.keySet().stream()
                .filter(key -> !rows.containsKey(key))
                .forEach(key -> changes.append(' ').append(key).append("=-"));
        String entries = token == null ? "-" : entries(token);
        if (changes.length() > 0 || !status.equals(lastStatus) || !entries.equals(lastToken)) {
            journal.line("s", fromNs, toNs, status, entries.isEmpty() ? "-" : entries + changes);
            shown = new HashMap<>(rows);
            lastStatus = status;
            lastToken = entries;
        }
    }

    /** The rows that are shown change so; what was told to be there before is what was. */
    void step(Iterator<Step> steps) {
        long now = System.nanoTime();
        Map<String, String> then = new HashMap<>(shown);
        while (steps.hasNext()) {
            Step step = steps.next();
            String before = step.after() == null ? then.remove(step.key()) : then.put(step.key(), step.after());
            if (before == null ? step.before() != null : !before.equals(step.before())) {
                wrong(step + ", and before that " + before);
            }
        }
        state(now, "-", null, then, now);
    }

    /** What a change says of a key; null stands for none. */
    record Step(String key, String before, String after) {}

    /** A session begins: at the gateway of that process, from this token, or from nothing. */
    void moved(String process, CursorToken token) {
        journal.line("m", process, token == null ? "-" : entries(token));
        lastToken = "";
        if (token == null) {
            shown = new HashMap<>();
        }
    }

    /** Something was told as missing, for this reason. */
    void missed(String reason) {
        journal.line("g", reason);
    }

    /** A read of one's own writes has shown its key. */
    void reached(String key, long version, String row) {
        journal.line("w", key, version, row == null ? "-" : row);
    }

    /** It was told something that contradicts itself. */
    void wrong(String what) {
        journal.line("!", what.replace(' ', '_'));
    }

    /** It is shown nothing any more. */
    void ended(String why) {
        journal.timed("end", why.replace(' ', '_'));
    }
}
