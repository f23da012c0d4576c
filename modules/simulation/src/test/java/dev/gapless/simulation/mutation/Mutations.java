package dev.gapless.simulation.mutation;

import dev.gapless.core.node.ShardSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads {@code mutations.txt}, which says at its top how it is written; {@code mutations-places.txt} where {@link ShardSettings#isByPlaces}. */
final class Mutations {
    /** What is judged by name, ahead of all others. */
    static final String SEED = "seed ";

    static final String SCENARIO = "scenario ";

    static final String STORY = "story ";

    /** A schedule of named subscriptions. */
    static final String NAMES = "names ";

    private final List<Mutation> mutations = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();
    private final StringBuilder find = new StringBuilder();
    private final StringBuilder replacement = new StringBuilder();
    private String name = "";
    private String breaks = "";
    private String place = "";
    private boolean replacing;

    private Mutations() {}

    static List<Mutation> all() throws IOException {
        String file = ShardSettings.isByPlaces() ? "mutations-places.txt" : "mutations.txt";
        try (InputStream in = Mutations.class.getResourceAsStream(file)) {
            byte[] bytes = Objects.requireNonNull(in, file).readAllBytes();
            Mutations reader = new Mutations();
            new String(bytes, StandardCharsets.UTF_8).lines().forEach(reader::line);
            reader.endOfMutation();
            return List.copyOf(reader.mutations);
        }
    }

    private void line(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        if (!Character.isWhitespace(line.charAt(0))) {
            endOfMutation();
            int colon = line.indexOf(':');
            name = line.substring(0, colon);
            breaks = line.substring(colon + 1).strip();
        } else if (Stream.of(SEED, SCENARIO, STORY, NAMES).anyMatch(text::startsWith)) {
            named.add(text);
        } else if (text.startsWith("-")) {
            if (replacing) {
                endOfEdit();
            }
            find.append(text.substring(1)).append('\n');
        } else if (text.startsWith("+")) {
            replacing = true;
            replacement.append(text.substring(1)).append('\n');
        } else {
            endOfEdit();
            place = text;
        }
    }

    private void endOfEdit() {
        if (!find.isEmpty()) {
            edits.add(Edit.at(place, find.toString(), replacement.toString()));
        }
        find.setLength(0);
        replacement.setLength(0);
        replacing = false;
    }

    private void endOfMutation() {
        endOfEdit();
        if (!name.isEmpty()) {
            mutations.add(new Mutation(name, breaks, List.copyOf(named), List.copyOf(edits)));
        }
        named.clear();
        edits.clear();
    }
}
