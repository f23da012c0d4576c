package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the status command prints. */
final class Status {
    private static final int ATTEMPTS = 20;

    private Status() {}

    /** Asks again until it is as wanted: a member that is too busy to answer is said to be so. */
    static List<String> await(Callable<Program> start, Predicate<List<String>> condition) throws Exception {
        List<String> printed = List.of();
        for (int i = 0; i < ATTEMPTS; i++) {
            try (Program status = start.call()) {
                assertEquals(0, status.awaitExit(), status::toString);
                printed = status.out();
            }
            if (condition.test(printed)) {
                return printed;
            }
        }
        return fail("the status stays as it is: " + String.join("\n", printed));
    }

    /** Asks this seed node until these nodes have a row of the table. */
    static void awaitMembers(Path directory, String seed, String... names) throws Exception {
        await(
                () -> Program.start(directory, "status", "--seed", seed),
                printed -> Stream.of(names)
                        .allMatch(name -> printed.stream().anyMatch(line -> line.startsWith(name + " "))));
    }
}
