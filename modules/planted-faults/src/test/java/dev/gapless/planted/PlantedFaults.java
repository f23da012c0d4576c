package dev.gapless.planted;

import dev.gapless.simulation.mutation.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a list of faults:
 *
 * <pre>
 * name: whom it harms, and how
 *     test CLASS#METHOD   that notices it; the package is below dev.gapless
 *     Class#method        whose source is changed; a class alone means anywhere in its source;
 *                         package/Class if there are others of its name
 *     - text              that must stand there just once; white space does not count
 *     + text              that takes its place
 * </pre>
 *
 * <p>Several lines with "-" or "+" in a row are one text. Lines that begin with "#" are for people.
 */
final class PlantedFaults {
    private static final String TEST = "test ";

    private final List<PlantedFault> faults = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final List<String> tests = new ArrayList<>();
    private final List<Edit> edits = new ArrayList<>();
    private final StringBuilder find = new StringBuilder();
    private final StringBuilder replacement = new StringBuilder();
    private String name = "";
    private String harms = "";
    private String place = "";
    private boolean replacing;

    private PlantedFaults() {}

    /** All of this list; throws IllegalStateException if it is not whole. */
    static List<PlantedFault> of(Path list) throws IOException {
        PlantedFaults reader = new PlantedFaults();
        Files.readAllLines(list).forEach(reader::line);
        reader.endOfFault();
        return List.copyOf(reader.faults);
    }

    private void line(String line) {
        String text = line.strip();
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        if (!Character.isWhitespace(line.charAt(0))) {
            endOfFault();
            int colon = line.indexOf(':');
            check(colon > 0, "no name: " + line);
            name = line.substring(0, colon);
            harms = line.substring(colon + 1).strip();
        } else if (text.startsWith(TEST)) {
            tests.add(text.substring(TEST.length()).strip());
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

    private void endOfFault() {
        endOfEdit();
        if (!name.isEmpty()) {
            check(names.add(name), name + " is there twice");
            check(!harms.isEmpty(), name + " does not say whom it harms");
            check(!edits.isEmpty(), name + " changes nothing");
            check(!tests.isEmpty(), name + " names no test that notices it");
            faults.add(new PlantedFault(name, harms, List.copyOf(tests), List.copyOf(edits)));
        }
        tests.clear();
        edits.clear();
    }

    private static void check(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
