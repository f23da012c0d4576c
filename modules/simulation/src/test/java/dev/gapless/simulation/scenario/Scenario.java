package dev.gapless.simulation.scenario;

import dev.gapless.simulation.oracle.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file of comments, commands, and what each command brings about, which is indented below it. Running it writes the file
 * anew with what the commands bring about now.
 */
final class Scenario {
    private static final String INDENT = "  ";

    private final String name;
    private final List<String> lines;

    Scenario(String name, String text) {
        this.name = name;
        this.lines = text.lines().toList();
    }

    /** Runs all commands, and returns the file as it should be. */
    String run() {
        World world = new World();
        Verbs verbs = new Verbs(world);
        List<String> written = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith(INDENT)) {
                continue;
            }
            written.add(line.stripTrailing());
            if (!line.isBlank() && !line.startsWith("#")) {
                try {
                    verbs.execute(new Command(line));
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError(failure(i, world.story().lines(), e), e);
                }
                world.story().lines().forEach(said -> written.add(INDENT + said));
                world.story().clear();
            }
        }
        return String.join("\n", written) + "\n";
    }

    /**
     * Runs it to find out whether a guarantee is broken, or an assertion of the core fails: returns what, or null. What stands
     * in the file does not count. A command that there is no occasion for any more is left out, and nobody need be level at
     * once.
     */
    @Nullable String broken() {
        Verbs verbs = new Verbs(new World());
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#") || line.startsWith(INDENT)) {
                continue;
            }
            Command command = new Command(line);
            try {
                if (command.verb().equals("level")) {
                    verbs.recover();
                }
                verbs.execute(command);
            } catch (RuntimeException | AssertionError e) {
                if (!(e instanceof IllegalArgumentException)) {
                    return (e instanceof Violation ? String.valueOf(e.getMessage()) : e.toString())
                            .lines()
                            .findFirst()
                            .orElse("");
                }
            }
        }
        return null;
    }

    private String failure(int line, List<String> said, Throwable e) {
        return name + ":" + (line + 1) + ": " + lines.get(line) + "\n  " + String.join("\n  ", said) + "\n" + e;
    }
}
