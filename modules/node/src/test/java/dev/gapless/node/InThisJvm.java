package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs commands of {@code gapless} without a process of their own. */
final class InThisJvm {
    private InThisJvm() {}

    /** Returns its exit status. */
    static int run(StringWriter out, StringWriter err, List<String> args) {
        return GaplessCommand.commandLine(new Termination())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args.toArray(new String[0]));
    }

    /** What {@code gapless journal} says with the configuration of this directory, when it ends with this status. */
    static List<String> journal(Path directory, int exit, String... args) {
        List<String> all = new ArrayList<>(List.of("journal"));
        all.addAll(List.of(args));
        all.addAll(List.of("--config", directory.resolve("node.conf").toString()));
        StringWriter said = new StringWriter();
        assertEquals(exit, run(said, said, all), said::toString);
        return said.toString().lines().toList();
    }

    /** A token that {@code gapless token} makes with the keys of this directory. */
    static String token(Path keys, String... options) {
        List<String> args = new ArrayList<>(List.of("token", "--directory", keys.toString()));
        args.addAll(List.of(options));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertEquals(0, run(out, err, args), err::toString);
        return out.toString().strip();
    }
}
