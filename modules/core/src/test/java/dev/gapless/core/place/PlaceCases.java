package dev.gapless.core.place;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.gapless.core.Epoch;
import dev.gapless.core.Given;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and writes the cases that {@code docs/model/cases.py} makes; its head says how they are written. */
final class PlaceCases {
    /** A producer, and what a subscription says of its generations. */
    record Known(KnownProducer producer, Set<Epoch> passed, Set<Epoch> told, Set<Position> cached) {}

    private PlaceCases() {}

    /** The lines of that file: what is given, by its parts, and last what follows. */
    static List<List<String>> read(String file) throws IOException {
        try (InputStream in = PlaceCases.class.getResourceAsStream(file)) {
            assertNotNull(in, file);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> List.of(line.split(" \\| | -> ")))
                    .toList();
        }
    }

    static Known producer(String text) {
        String[] parts = text.split("; ", -1);
        List<String> head = List.of(parts[0].split(" "));
        KnownProducer.Presence presence =
                KnownProducer.Presence.valueOf(head.get(0).toUpperCase(Locale.ROOT));
        Known known = new Known(KnownProducer.named("p"), new HashSet<>(), new HashSet<>(), new HashSet<>());
        List<Generation> generations = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            generations.add(generation(List.of(parts[i].split(" ")), head.contains("durable"), known));
        }
        LogCopy copy = presence == KnownProducer.Presence.COPIED ? numbers(head) : null;
        KnownProducer producer = new KnownProducer("p", generations, presence, head.contains("durable"), copy);
        return new Known(producer, known.passed(), known.told(), known.cached());
    }

    private static Given.Copied numbers(List<String> words) {
        return new Given.Copied(
                after(words, "newest"),
                after(words, "head"),
                after(words, "oldest"),
                words.contains("behind") ? after(words, "behind") : 0,
                words.contains("complete"));
    }

    static Given.Copied numbers(String text) {
        return numbers(List.of(text.split(" ")));
    }

    private static Generation generation(List<String> words, boolean stored, Known known) {
        Epoch epoch = epoch(words.get(0));
        String[] range = words.get(1).split("(?<=[0-9])-", -1);
        long before = Long.parseLong(range[0]);
        End end = switch (range[1]) {
            case "" -> End.NONE;
            case "lost" -> new End.Open(Reason.PRODUCER_LOST);
            case "restarted" -> new End.Open(Reason.PRODUCER_RESTARTED);
            default -> new End.Stated(Long.parseLong(range[1]), words.contains("left"));
        };
        Generation.Removal removal = words.contains("gone") ? new Generation.Removal(after(words, "gone"), 0) : null;
        if (words.contains("passed")) {
            known.passed().add(epoch);
        }
        if (words.contains("told")) {
            known.told().add(epoch);
        }
        if (words.contains("has")) {
            words.subList(words.indexOf("has") + 1, words.size())
                    .forEach(sequence -> known.cached().add(new Position(epoch, Long.parseLong(sequence))));
        }
        return new Generation(
                epoch, epoch.id(), before, end, after(words, "heard"), removal, words.contains("log"), stored);
    }

    private static long after(List<String> words, String word) {
        return Long.parseLong(words.get(words.indexOf(word) + 1));
    }

    private static Epoch epoch(String letter) {
        return new Epoch(letter.charAt(0));
    }

    static List<Part> parts(String text) {
        return List.of(text.split(", ")).stream()
                .map(part -> part.split(" "))
                .map(words -> new Part(epoch(words[0]), epoch(words[0]).id(), Long.parseLong(words[1])))
                .toList();
    }

    static @Nullable ProducerPlace place(String text) {
        String[] words = text.split(" ", -1);
        return switch (words[0]) {
            case "none" -> null;
            case "awaited" -> ProducerPlace.AWAITED;
            case "unknown" -> ProducerPlace.UNKNOWN;
            case "told" -> ProducerPlace.TOLD_UNSEEN;
            case "unanswered" -> new ProducerPlace.Unanswered(9, 0);
            case "stated" -> new ProducerPlace.Stated(new Position(epoch(words[1]), Long.parseLong(words[2])), null);
            default ->
                new ProducerPlace.At(
                        epoch(words[0]),
                        Long.parseLong(words[1]),
                        words.length < 3
                                ? ProducerPlace.Mark.NONE
                                : ProducerPlace.Mark.valueOf(words[2].toUpperCase(Locale.ROOT)));
        };
    }

    static String written(ProducerPlace place) {
        if (place instanceof ProducerPlace.At at) {
            String mark = at.mark() == ProducerPlace.Mark.NONE
                    ? ""
                    : " " + at.mark().name().toLowerCase(Locale.ROOT);
            return letter(at.epoch()) + " " + at.sequence() + mark;
        }
        return place.equals(ProducerPlace.TOLD_UNSEEN) ? "told" : place.toString();
    }

    static String written(Next next) {
        if (next instanceof Next.Message message) {
            return "give " + letter(message.generation().epoch()) + " " + message.sequence();
        }
        if (next instanceof Next.Fetch fetch) {
            return "fetch " + letter(fetch.generation().epoch()) + " " + fetch.sequence();
        }
        if (next instanceof Next.Left left) {
            return "left " + letter(left.generation().epoch());
        }
        if (next instanceof Next.Lost lost) {
            return "lost " + lost.reason();
        }
        return next instanceof Next.Find ? "find" : next.equals(Next.WAIT) ? "wait" : "level";
    }

    static String written(List<Generation> generations) {
        return generations.stream().map(PlaceCases::written).collect(Collectors.joining("; "));
    }

    private static String written(Generation generation) {
        String end = generation.end() instanceof End.Stated stated
                ? String.valueOf(stated.sequence())
                : generation.end() instanceof End.Open open
                        ? open.reason().name().replace("PRODUCER_", "").toLowerCase(Locale.ROOT)
                        : "";
        boolean left = generation.end() instanceof End.Stated stated && stated.left();
        Generation.Removal removed = generation.removed();
        return letter(generation.epoch()) + " " + (generation.inLog() ? generation.before() : 0) + "-" + end
                + " heard "
                + generation.heard() + (generation.inLog() ? " log" : "") + (left ? " left" : "")
                + (removed == null ? "" : " gone " + removed.event());
    }

    private static String letter(Epoch epoch) {
        return String.valueOf((char) epoch.id());
    }
}
