package dev.gapless.multijvm.checker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Judges all states that somebody was shown of a table. What is shown of a key is a state that it had at its floor or later; the floor rises
 * with what is shown, with what the token has, and with what the source had when it was read. One that is not there was deleted then.
 */
final class RowWitness {
    private static final String LIVE = "LIVE";
    private static final String STALE = "STALE";
    /** Of these keys rows say that they are deleted; of others the source has none. */
    private static final String KEPT = "kept";

    private final String id;
    private final String process;
    private final RowTruth truth;
    private final Violations violations;
    private final Tally tally;
    private final String kind;
    private final Map<String, Shown> rows = new HashMap<>();
    private final Map<String, Floor> floors = new HashMap<>();
    /** By key: up to its token. */
    private final Map<String, Long> due = new HashMap<>();
    /** By stream: up to where its messages are due. */
    private final Map<String, Long> upTo = new HashMap<>();
    /** The same in the state before, of this gateway. */
    private final Map<String, Long> before = new HashMap<>();
    /** By key: the last read that was taken, if the key had been deleted in that. */
    private final Map<String, Gone> gone = new HashMap<>();
    /** At the gateway before: of rows that were read before they were published. */
    private final Map<String, Long> unpublished = new HashMap<>();

    private long readVersion;
    private int applied;
    private String status = "-";
    private long staleFromNs;
    private boolean ended;

    private record Shown(long version, String read) {}

    private record Floor(long version, String why) {}

    /** It was deleted as that version, says the read. */
    private record Gone(long version, RowTruth.Read read) {}

    RowWitness(String id, String process, RowTruth truth, Violations violations, Tally tally) {
        this.id = id;
        this.process = process;
        this.truth = truth;
        this.violations = violations;
        this.tally = tally;
        this.kind = process.equals("-") ? id.substring(0, id.indexOf('-')) : id.substring(process.length() + 1);
    }

    String process() {
        return process;
    }

    void line(String[] words) {
        switch (words[0]) {
            case "s" -> state(words);
            case "m" -> moved(words[2]);
            case "g" -> tally.add("told by a " + kind + ": " + words[1], 1);
            case "w" -> reached(words[1], Long.parseLong(words[2]), words[3]);
            case "!" -> fail("contradiction", words[1]);
            case "end" -> {
                ended = true;
                tally.add("ended: " + (words[1].contains("has_closed") ? "closed" : words[1]), 1);
            }
            default -> throw new IllegalStateException(id + ": " + String.join(" ", words));
        }
    }

    private void fail(String law, String what) {
        violations.add(law, id + ": " + what);
    }

    // ------------------------------------------------------------------ a state

    private void state(String[] words) {
        tally.add("states shown by " + kind, 1);
        long fromNs = Long.parseLong(words[1]);
        long toNs = Long.parseLong(words[2]);
        Set<String> touched = new TreeSet<>();
        RowTruth.Read newest = null;
        for (String word : List.of(words).subList(5, words.length)) {
            int at = word.indexOf('=');
            String key = word.substring(0, at);
            touched.add(key);
            Shown row = shown(word.substring(at + 1));
            if (row == null) {
                rows.remove(key);
                continue;
            }
            rows.put(key, row);
            if (!truth.isRow(key, row.version())) {
                fail("written", key + " as " + row.version() + " never was");
            }
            RowTruth.Read read = readOf(key, row);
            newest = read != null && (newest == null || read.version > newest.version) ? read : newest;
        }
        if (!touched.isEmpty()) {
            staysWhileStale(fromNs, toNs, touched);
        }
        status(words[3], fromNs);
        token(words[4], touched);
        if (kind.equals("view")) {
            truth.view(process, toNs, words[4]);
        }
        readsThatAreOver(fromNs, touched);
        if (newest != null) {
            hasAllOf(newest, "shows a row of read " + newest.id, touched);
        }
        touched.forEach(this::check);
        before.putAll(upTo);
        unpublished.clear();
    }

    private static Shown shown(String text) {
        int at = text.indexOf('@');
        return at < 0 ? null : new Shown(Long.parseLong(text.substring(0, at)), text.substring(at + 1));
    }

    private RowTruth.Read readOf(String key, Shown row) {
        if (row.read().isEmpty()) {
            return null;
        }
        RowTruth.Read read = truth.read(row.read());
        if (read == null || !read.ok) {
            fail("half", key + " as " + row.version() + " is of read " + row.read() + ", which has not succeeded");
            return null;
        } else if (row.version() > read.version) {
            throw new IllegalStateException(id + ": " + row + " is beyond its read");
        }
        return read;
    }

    /** What was missed stays missing until the source was read. */
    private void staysWhileStale(long fromNs, long toNs, Set<String> touched) {
        if (!kind.equals("view") || !status.equals(STALE)) {
            return;
        }
        List<RowTruth.Read> reads = truth.readsOf(process);
        for (int i = 0; i < reads.size(); i++) {
            RowTruth.Read read = reads.get(i);
            long latest = i + 1 < reads.size() ? reads.get(i + 1).beganNs : Long.MAX_VALUE;
            if (read.ok && read.endedNs <= toNs && latest >= staleFromNs) {
                return; // it may have been taken then
            }
        }
        fail("stale", touched + " change from " + staleFromNs + " to " + fromNs + ", and nothing was read");
    }

    private void status(String now, long fromNs) {
        if (!now.equals(status) && now.equals(STALE)) {
            tally.add("became stale, as seen by " + kind, 1);
        }
        staleFromNs = fromNs;
        status = now;
    }

    // ------------------------------------------------------------------ what must be in it

    /** Everything up to the token. */
    private void token(String entries, Set<String> touched) {
        for (Map.Entry<String, Long> entry : RowTruth.entries(entries).entrySet()) {
            long last = upTo.getOrDefault(entry.getKey(), 0L);
            if (entry.getValue() > last) {
                for (RowTruth.Written one : truth.published(entry.getKey(), last, entry.getValue())) {
                    due.merge(one.key(), one.version(), Math::max);
                    raise(one.key(), one.version(), "its token has " + one.version(), touched);
                }
                upTo.put(entry.getKey(), entry.getValue());
            }
        }
    }

    /** A read that has succeeded was taken before the next one begins. */
    private void readsThatAreOver(long fromNs, Set<String> touched) {
        if (!kind.equals("view")) {
            return;
        }
        List<RowTruth.Read> reads = truth.readsOf(process);
        while (applied + 1 < reads.size() && reads.get(applied + 1).beganNs < fromNs) {
            RowTruth.Read read = reads.get(applied++);
            if (read.ok) {
                hasAllOf(read, "read " + read.id + " is over", touched);
            }
        }
    }

    private void hasAllOf(RowTruth.Read read, String why, Set<String> touched) {
        if (read.version <= readVersion) {
            return;
        }
        readVersion = read.version;
        for (String key : truth.keys()) {
            Map.Entry<Long, Boolean> state = truth.at(key, read.version);
            if (state != null && !(state.getValue() && isLate(key, state.getKey(), read))) {
                raise(key, state.getKey(), why + ", which had " + state.getKey(), touched);
                gone.remove(key);
                if (state.getValue() && !key.startsWith(KEPT)) {
                    gone.put(key, new Gone(state.getKey(), read));
                }
            }
        }
    }

    /**
     * Was it deleted as that in what was read, and is it shown by a message that was neither in the state before nor in what the table showed
     * before the read? It came from a producer that was not asked, or behind what that said: its deletion is to come, too, so the token does
     * not have that.
     */
    private boolean isLate(String key, long deletion, RowTruth.Read read) {
        Shown row = rows.get(key);
        if (row == null
                || row.version() > deletion
                || !row.read().isEmpty()
                || key.startsWith(KEPT)
                || due.getOrDefault(key, 0L) >= deletion) {
            return false;
        }
        RowTruth.Published published = truth.published(row.version());
        boolean late = published == null
                || (published.sequence() > before.getOrDefault(published.epoch(), 0L)
                        && !truth.isBefore(read, published));
        tally.add("rows that came behind a read that had them deleted", late ? 1 : 0);
        return late;
    }

    /** The same of a read that was taken before. */
    private boolean isLate(String key, long deletion) {
        Gone its = gone.get(key);
        return its != null && deletion <= its.version() && isLate(key, deletion, its.read());
    }

    private void raise(String key, long version, String why, Set<String> touched) {
        Floor floor = floors.get(key);
        if (floor == null || version > floor.version()) {
            floors.put(key, new Floor(version, why));
            touched.add(key);
        }
    }

    private void check(String key) {
        Floor floor = floors.getOrDefault(key, new Floor(0, ""));
        Shown row = rows.get(key);
        long shown = row == null ? 0 : row.version();
        if (row == null && floor.version() > 0) {
            Long deletion = truth.deletion(key, floor.version());
            if (deletion == null) {
                fail("complete", key + " is not there, and was not deleted at " + floor + " or later");
                return;
            }
            shown = deletion;
        } else if (shown < floor.version() && !isLate(key, floor.version())) {
            fail("complete", key + " is at " + row + ", below " + floor);
        }
        if (shown < unpublished.getOrDefault(key, 0L)) {
            tally.add("went back at another gateway, behind a row that was read and not published", 1);
        }
        if (shown > 0) {
            floors.put(key, new Floor(shown, "was shown"));
        }
    }

    // ------------------------------------------------------------------ sessions, own writes, the end

    /** A client comes to a gateway. What it has that its token does not have may be missing there. */
    private void moved(String token) {
        tally.add("sessions of " + kind + (token.equals("-") ? " with nothing" : " with a token"), 1);
        readVersion = 0;
        before.clear();
        if (token.equals("-")) {
            rows.clear();
            floors.clear();
            due.clear();
            upTo.clear();
            gone.clear();
            return;
        }
        Map<String, Long> entries = RowTruth.entries(token);
        floors.replaceAll((key, floor) -> {
            RowTruth.Published at = truth.published(floor.version());
            if (at != null && entries.getOrDefault(at.epoch(), -1L) >= at.sequence()) {
                return floor;
            }
            unpublished.put(key, floor.version());
            return new Floor(due.getOrDefault(key, 0L), "its token has it");
        });
    }

    private void reached(String key, long version, String text) {
        tally.add("own writes read", 1);
        Shown row = shown(text);
        if (row == null ? truth.deletion(key, version) == null : row.version() < version) {
            fail("reached", key + " was written as " + version + ", and then it was " + text);
        }
    }

    /** What it has otherwise than the source; null if nothing. */
    String lacks() {
        if (ended || kind.equals("reached")) {
            return null;
        } else if (kind.equals("view") && !status.equals(LIVE)) {
            return "is " + status;
        }
        Map<String, Long> shown = new TreeMap<>();
        rows.forEach((key, row) -> shown.put(key, row.version()));
        Map<String, Long> there = truth.rows();
        if (shown.equals(there)) {
            return null;
        }
        Set<String> keys = new TreeSet<>(shown.keySet());
        keys.addAll(there.keySet());
        keys.removeIf(key -> Objects.equals(shown.get(key), there.get(key)));
        return keys.stream()
                .map(key -> key + " is " + shown.get(key) + " and not " + there.get(key))
                .toList()
                .toString();
    }
}
