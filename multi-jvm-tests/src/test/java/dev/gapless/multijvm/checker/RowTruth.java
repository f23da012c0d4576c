package dev.gapless.multijvm.checker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What was written to the source of truth, what was read of it, and what was published. */
final class RowTruth {
    private final Map<String, NavigableMap<Long, Boolean>> keys = new HashMap<>();
    /** By read: what the source had then. */
    private final Map<String, Long> versions = new HashMap<>();

    private final Map<String, Read> reads = new HashMap<>();
    private final Map<String, List<Read>> readsOf = new HashMap<>();
    private final Map<Long, Published> published = new HashMap<>();
    private final Map<String, NavigableMap<Long, Written>> streams = new HashMap<>();
    /** By process: the tokens that its views had, by when they were looked at. */
    private final Map<String, NavigableMap<Long, String>> views = new HashMap<>();

    /** A state of a key. */
    record Written(String key, long version) {}

    /** Where it stands. */
    record Published(String epoch, long sequence) {}

    /** A read of the source, by one process. */
    static final class Read {
        final String id;
        final String process;
        final long beganNs;
        long endedNs;
        boolean ok;
        /** All up to there was in the source when it was read. */
        long version;

        Read(String id, String process, long beganNs) {
            this.id = id;
            this.process = process;
            this.beganNs = beganNs;
        }
    }

    // ------------------------------------------------------------------ what the files say

    void source(String[] words) {
        switch (words[0]) {
            case "w" ->
                keys.computeIfAbsent(words[2], any -> new TreeMap<>())
                        .put(Long.parseLong(words[1]), Boolean.parseBoolean(words[3]));
            case "r" -> versions.put(words[1], Long.parseLong(words[2]));
            default -> throw new IllegalStateException("rows: " + String.join(" ", words));
        }
    }

    void reads(String process, String[] words) {
        List<Read> its = readsOf.computeIfAbsent(process, any -> new ArrayList<>());
        long ns = Long.parseLong(words[2]);
        if (words[0].equals("b")) {
            Read read = new Read(words[1], process, ns);
            its.add(read);
            reads.put(words[1], read);
            return;
        }
        Read read = reads.get(words[1]);
        read.endedNs = ns;
        read.ok = words[0].equals("e");
        read.version = versions.getOrDefault(words[1], 0L);
    }

    void writer(String[] words) {
        if (words[0].equals("p")) {
            Written what = new Written(words[1], Long.parseLong(words[2]));
            long sequence = Long.parseLong(words[4]);
            published.putIfAbsent(what.version(), new Published(words[3], sequence));
            streams.computeIfAbsent(words[3], any -> new TreeMap<>()).put(sequence, what);
        }
    }

    /** At that time the view of a process had this token. */
    void view(String process, long ns, String token) {
        views.computeIfAbsent(process, any -> new TreeMap<>()).put(ns, token);
    }

    /** What a token says of each stream. */
    static Map<String, Long> entries(String token) {
        Map<String, Long> entries = new TreeMap<>();
        if (!token.equals("-")) {
            for (String entry : token.split(",", -1)) {
                int at = entry.indexOf(':');
                entries.put(entry.substring(0, at), Long.parseLong(entry.substring(at + 1)));
            }
        }
        return entries;
    }

    // ------------------------------------------------------------------ what that means

    Set<String> keys() {
        return keys.keySet();
    }

    /** Null if nobody has begun it. */
    Read read(String id) {
        return reads.get(id);
    }

    List<Read> readsOf(String process) {
        return readsOf.getOrDefault(process, List.of());
    }

    /** Was that already in what the table showed that was read for, before its rows came? */
    boolean isBefore(Read read, Published published) {
        Map.Entry<Long, String> view = views.getOrDefault(read.process, Collections.emptyNavigableMap())
                .floorEntry(read.endedNs);
        return view != null && entries(view.getValue()).getOrDefault(published.epoch(), 0L) >= published.sequence();
    }

    /** Null if nobody knows: it was never answered. */
    Published published(long version) {
        return published.get(version);
    }

    /** What stands in a stream behind the one place, up to the other. */
    Iterable<Written> published(String epoch, long from, long to) {
        NavigableMap<Long, Written> its = streams.get(epoch);
        return its == null ? List.of() : its.subMap(from, false, to, true).values();
    }

    /** Was the key written, and not deleted, as that version? */
    boolean isRow(String key, long version) {
        NavigableMap<Long, Boolean> its = keys.get(key);
        return its != null && its.containsKey(version) && !its.get(version);
    }

    /** The last state of a key up to that version; null if it had none. */
    Map.Entry<Long, Boolean> at(String key, long version) {
        return keys.get(key).floorEntry(version);
    }

    /** Its first deletion as that version or later; null if there is none. */
    Long deletion(String key, long from) {
        NavigableMap<Long, Boolean> its = keys.get(key);
        return its == null
                ? null
                : its.tailMap(from, true).entrySet().stream()
                        .filter(Map.Entry::getValue)
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(null);
    }

    /** The rows that the source has in the end. */
    Map<String, Long> rows() {
        Map<String, Long> rows = new TreeMap<>();
        keys.forEach((key, its) -> {
            if (!its.lastEntry().getValue()) {
                rows.put(key, its.lastKey());
            }
        });
        return rows;
    }
}
