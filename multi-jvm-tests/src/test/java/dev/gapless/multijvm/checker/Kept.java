package dev.gapless.multijvm.checker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Judges what a named subscription was given over many lives of its process, by the journals of a directory alone: in each life messages
 * follow each other, from one that had been given before, or the next one. Nothing may be announced as missing. To be asked while nobody
 * publishes. Publishers must not end.
 */
public final class Kept {
    private final Violations violations = new Violations();
    /** By epoch, what stands at each sequence: the message's hash. */
    private final Map<String, Map<Long, String>> published = new HashMap<>();
    /** By epoch. */
    private final Map<String, Long> first = new HashMap<>();

    private final Map<String, Long> reached = new HashMap<>();
    private final Map<String, Long> counts = new TreeMap<>();
    private boolean lastIsReady;

    /** As far as they have been written. */
    public Kept(Path directory) {
        List<Path> lives = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("publisher-")) {
                    publisher(file);
                } else if (name.startsWith("subscription-")) {
                    lives.add(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lives.sort(Comparator.comparingLong(Kept::beganNs));
        lives.forEach(this::life);
    }

    private static long beganNs(Path life) {
        String[] header = new Lines(life).first();
        return header == null ? Long.MAX_VALUE : Long.parseLong(header[header.length - 1]);
    }

    private void publisher(Path file) {
        Map<String, String> hashes = new HashMap<>();
        new Lines(file).rest(words -> {
            String which = words[1] + " " + words[2];
            switch (words[0]) {
                case "p" -> hashes.put(which, words[3]);
                case "a" ->
                    published
                            .computeIfAbsent(words[3], epoch -> new HashMap<>())
                            .put(Long.parseLong(words[4]), hashes.get(which));
                case "f" -> violations.add("publish", file + " " + String.join(" ", words));
                default -> {} // the first line
            }
        });
    }

    private void life(Path file) {
        count("lives", 1);
        lastIsReady = false;
        Map<String, Long> here = new HashMap<>();
        new Lines(file).rest(words -> {
            switch (words[0]) {
                case "d" -> given(file, here, words[2], Long.parseLong(words[3]), words[7]);
                case "y" -> {
                    lastIsReady = true;
                    count("ready", 1);
                }
                case "e" -> {
                    if (words[1].equals("TAKEN_OVER")) {
                        count("taken over", 1);
                    } else {
                        violations.add("G1", file + " ends: " + words[1]);
                    }
                }
                case "x", "g", "r", "z", "l", "u" -> violations.add("G1", file + " is told " + String.join(" ", words));
                default -> {} // the first line, and tokens of its own
            }
        });
    }

    private void given(Path life, Map<String, Long> here, String epoch, long sequence, String hash) {
        String what = life + " is given " + epoch + ":" + sequence;
        Long before = here.put(epoch, sequence);
        Long ever = reached.get(epoch);
        if (before != null && sequence != before + 1) {
            violations.add("G1", what + " behind " + before);
        } else if (before == null && ever != null && sequence > ever + 1) {
            violations.add("S7", what + " silently, having reached " + ever);
        } else if (before == null && sequence < first.getOrDefault(epoch, 1L)) {
            violations.add("S7", what + ", in front of its beginning");
        }
        first.putIfAbsent(epoch, sequence);
        if (!hash.equals(published.getOrDefault(epoch, Map.of()).get(sequence))) {
            violations.add("G3", what + " as " + hash);
        }
        count("given", 1);
        if (ever != null && sequence <= ever) {
            count("given again", 1);
        } else {
            reached.put(epoch, sequence);
        }
    }

    /** The last life has everything. */
    public boolean isLevel() {
        return lastIsReady && isLevel(reached);
    }

    /** Is that, by epoch, the last message of each? */
    public boolean isLevel(Map<String, Long> at) {
        return published.entrySet().stream()
                .allMatch(log -> at.getOrDefault(log.getKey(), 0L)
                        == log.getValue().keySet().stream()
                                .mapToLong(sequence -> sequence)
                                .max()
                                .orElse(0));
    }

    /** How many producers it was given something of. */
    public int producers() {
        return reached.size();
    }

    /**
     * Judges rows that were written exactly once each.
     *
     * @param rows in the order in which they were written: epoch, sequence and hash, parted by blanks
     * @return whether all that was published is there
     */
    public boolean rows(List<String> rows) {
        Map<String, Long> at = new HashMap<>();
        for (String row : rows) {
            String[] words = row.split(" ", -1);
            if (words.length != 3) {
                violations.add("row", row + " is no message");
                return false;
            }
            long sequence = Long.parseLong(words[1]);
            Long before = at.put(words[0], sequence);
            if (before != null && sequence != before + 1) {
                violations.add("row", row + " behind " + before);
            }
            if (!words[2].equals(published.getOrDefault(words[0], Map.of()).get(sequence))) {
                violations.add("row", row + " is of no message");
            }
        }
        counts.put("rows", (long) rows.size());
        return isLevel(at);
    }

    private void count(String what, long more) {
        counts.merge(what, more, Long::sum);
    }

    public Collection<String> violations() {
        return violations.all();
    }

    /** What happened, and how often. */
    public Map<String, Long> counts() {
        return counts;
    }
}
