package dev.gapless.multijvm.checker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Judges the tables of a directory by what they showed (see the package), as far as that has been written. To be asked while nobody writes
 * and nobody is killed.
 */
public final class TableChecker {
    private static final String SUFFIX = ".journal";

    private final Path directory;
    private final Violations violations = new Violations();
    private final Tally tally = new Tally();
    private final RowTruth truth = new RowTruth();
    private final Map<Path, Lines> files = new TreeMap<>();
    private final Map<Path, RowWitness> witnesses = new LinkedHashMap<>();

    public TableChecker(Path directory) {
        this.directory = directory;
    }

    /** Reads on, and judges what is new. */
    public void read() {
        try (Stream<Path> all = Files.list(directory)) {
            all.forEach(file -> files.computeIfAbsent(file, Lines::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // What a line rests on was written before it: so it is read later, and taken earlier.
        List<Runnable> shown = lines(name -> name.startsWith("observer-") && !name.endsWith("-view"), this::observed);
        List<Runnable> views = lines(name -> name.endsWith("-view"), this::observed);
        List<Runnable> reads = lines(name -> name.startsWith("reads-"), (file, words) -> {
            count(words[0].equals("e"), "reads that succeeded");
            count(words[0].equals("f"), "reads that failed");
            truth.reads(nameOf(file).substring("reads-".length()), words);
        });
        List<Runnable> writers = lines(name -> name.startsWith("writer-"), (file, words) -> {
            count(words[0].equals("p"), "rows published");
            count(words[0].equals("q"), "times that a row was refused");
            truth.writer(words);
        });
        List<Runnable> rows = lines(name -> name.equals("rows"), (file, words) -> {
            count(words[0].equals("w"), "rows written");
            truth.source(words);
        });
        List.of(rows, writers, reads, views, shown).forEach(lines -> lines.forEach(Runnable::run));
    }

    private void count(boolean happened, String what) {
        if (happened) {
            tally.add(what, 1);
        }
    }

    private List<Runnable> lines(Predicate<String> kind, BiConsumer<Path, String[]> reader) {
        List<Runnable> all = new ArrayList<>();
        files.forEach((file, lines) -> {
            if (kind.test(nameOf(file))) {
                lines.rest(words -> all.add(() -> reader.accept(file, words)));
            }
        });
        return all;
    }

    private void observed(Path file, String[] words) {
        if (words[0].equals("observer")) {
            witnesses.put(file, new RowWitness(words[1], words[2], truth, violations, tally));
        } else {
            witnesses.get(file).line(words);
        }
    }

    private static String nameOf(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - SUFFIX.length());
    }

    /** What each of those that live shows otherwise than the source has it. Clients live. */
    public Map<String, String> lacking(Set<String> processes) {
        Map<String, String> lacking = new TreeMap<>();
        witnesses.forEach((file, witness) -> {
            boolean lives = witness.process().equals("-") || processes.contains(witness.process());
            String lacks = lives ? witness.lacks() : null;
            if (lacks != null) {
                lacking.put(nameOf(file), lacks);
            }
        });
        return lacking;
    }

    public Set<String> violations() {
        return violations.all();
    }

    /** How often what has happened. */
    public Map<String, Long> counts() {
        return tally.all();
    }
}
