package dev.gapless.multijvm.checker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Judges the journals of a directory (see the package), as far as they have been written. To be asked while nobody publishes:
 * what was published is read first, and then what became of it.
 */
public final class Checker {
    private static final String FAULTS = "faults.journal";

    private final Path directory;
    private final Map<String, Long> largeRings;
    private final Violations violations = new Violations();
    private final Tally tally = new Tally();
    private final Truth truth;
    private final Set<Path> opened = new HashSet<>();
    private final Map<Opened, Consumer<String[]>> readers = new LinkedHashMap<>();
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    /** By node: all its processes that began before are over. */
    private final Map<String, Long> over = new HashMap<>();

    private final Lines faults;

    /** A journal, and what reads its lines. */
    private record Opened(Lines lines, List<String> header) {
        long beganNs() {
            return Long.parseLong(header.get(header.size() - 1));
        }
    }

    /**
     * @param largeRings by topic, how many messages a ring holds: where that takes long to fill, an overrun that cannot have
     *     been is a violation
     */
    public Checker(Path directory, Map<String, Long> largeRings) {
        this(directory, largeRings, false);
    }

    /** @param durable whether logs are stored: then also what nobody was told that it was accepted is given to all, or to none */
    public Checker(Path directory, Map<String, Long> largeRings, boolean durable) {
        this.directory = directory;
        this.truth = new Truth(violations, durable);
        this.largeRings = largeRings;
        this.faults = new Lines(directory.resolve(FAULTS));
    }

    /** Reads on, and judges what is new. */
    public void read() {
        List<Opened> all = new ArrayList<>(readers.keySet());
        all.addAll(open());
        readFaults();
        read(all, "members");
        read(all, "publisher");
        over.forEach(truth::over);
        read(all, "subscription");
    }

    private void read(List<Opened> journals, String kind) {
        for (Opened journal : journals) {
            if (journal.header().get(0).equals(kind)) {
                journal.lines().rest(readers.computeIfAbsent(journal, this::reader));
            }
        }
    }

    /** Journals whose first line is new, in the order in which they began. */
    private List<Opened> open() {
        List<Opened> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                if (opened.contains(file) || file.endsWith(FAULTS)) {
                    continue;
                }
                Lines lines = new Lines(file);
                String[] header = lines.first();
                if (header != null) {
                    Opened journal = new Opened(lines, List.of(header));
                    opened.add(file);
                    found.add(journal);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(Comparator.comparingLong(Opened::beganNs));
        return found;
    }

    private Consumer<String[]> reader(Opened journal) {
        List<String> h = journal.header();
        return switch (h.get(0)) {
            case "members" -> members(h);
            case "publisher" -> publisher(h);
            case "subscription" -> subscription(h);
            default -> throw new IllegalStateException(journal.lines() + " begins with " + h.get(0));
        };
    }

    private Consumer<String[]> members(List<String> header) {
        String incarnation = header.get(3);
        truth.member(incarnation, header.get(4));
        return words -> {
            long ns = Long.parseLong(words[2]);
            if (words[0].equals("up")) {
                truth.up(incarnation, words[1], ns);
            } else {
                truth.removed(incarnation, words[1], ns);
            }
        };
    }

    private Consumer<String[]> publisher(List<String> h) {
        Incarnation incarnation = truth.begins(h.get(1), h.get(2), h.get(3), h.get(4), Long.parseLong(h.get(5)));
        return words -> {
            int thread = Integer.parseInt(words[1]);
            long index = Long.parseLong(words[2]);
            switch (words[0]) {
                case "p" -> incarnation.intends(thread, index, words[3], Long.parseLong(words[4]));
                case "a" -> {
                    tally.add("published", 1);
                    truth.accepted(incarnation, thread, index, words[3], Long.parseLong(words[4]));
                }
                case "f" -> {
                    tally.add("refused: " + words[3], 1);
                    if (words[3].equals("PublishUnknown")) {
                        incarnation.unknown(); // it may be published
                    } else {
                        incarnation.answered(incarnation.intended(thread, index), false);
                    }
                }
                default -> throw new IllegalStateException(String.join(" ", words));
            }
        };
    }

    private Consumer<String[]> subscription(List<String> header) {
        Witness witness = new Witness(truth, violations, tally, largeRings, header);
        witnesses.put(header.get(1), witness);
        if (!header.get(5).equals("-")) {
            witness.resumes(witnesses.get(header.get(5)), Integer.parseInt(header.get(6)));
        }
        return witness::line;
    }

    private void readFaults() {
        if (Files.exists(directory.resolve(FAULTS))) {
            faults.rest(words -> {
                switch (words[0]) {
                    case "over" -> over.merge(words[1], Long.parseLong(words[2]), Math::max);
                    case "fault" -> tally.add("fault: " + words[1], 1);
                    default -> throw new IllegalStateException(String.join(" ", words));
                }
            });
        }
    }

    // ------------------------------------------------------------------------------------------ what came of it

    /** Subscriptions that ought to have everything by now, and what they lack. */
    public Map<String, String> lacking() {
        Map<String, String> lacking = new TreeMap<>();
        for (Witness witness : witnesses.values()) {
            String lack = witness.lacks(isOver(witness.reader()));
            if (lack != null) {
                lacking.put(witness.toString(), lack);
            }
        }
        return lacking;
    }

    private boolean isOver(Reader reader) {
        return reader.beganNs() < over.getOrDefault(reader.node(), 0L);
    }

    /** What lacks something now has had its time: guarantee G6. And the logs as a whole: G3, G7. */
    public void judge() {
        lacking().forEach((who, lack) -> violations.add("G6", who + " " + lack));
        truth.all().forEach(Incarnation::judge);
    }

    public Collection<String> violations() {
        return violations.all();
    }

    /** What happened, and how often. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>(tally.all());
        counts.put(
                "in doubt", truth.all().stream().mapToLong(Incarnation::inDoubt).sum());
        return counts;
    }
}
