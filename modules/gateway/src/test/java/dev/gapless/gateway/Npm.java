package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Installs what scripts need, as their package-lock.json has it. */
final class Npm {
    /** Without a network each attempt takes long. */
    private static boolean hasFailed;

    private Npm() {}

    /** In this directory, unless it is there. Leaves out the test that is run if that cannot be fetched, as {@link ForeignClientsTest#needs} does. */
    static synchronized void install(Path directory) throws IOException, InterruptedException {
        if (Files.exists(directory.resolve("node_modules/.package-lock.json"))) {
            return;
        }
        assumeTrue(!hasFailed, "what scripts need cannot be fetched");
        Path log = directory.resolve("npm.txt");
        List<String> command = new ArrayList<>(List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
        if (!ForeignClientsTest.REQUIRED) {
            command.addAll(List.of("--fetch-retries=1", "--fetch-retry-mintimeout=1000"));
        }
        Process npm = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = npm.waitFor(TestGateway.DEADLINE.toSeconds() * 2, TimeUnit.SECONDS);
        npm.descendants().forEach(ProcessHandle::destroyForcibly);
        npm.destroyForcibly().waitFor();
        boolean isThere = ended && npm.exitValue() == 0;
        String said = Files.readString(log);
        if (!ForeignClientsTest.REQUIRED) {
            hasFailed = !isThere;
            assumeTrue(isThere, () -> "what scripts need cannot be fetched: " + said);
        }
        assertTrue(isThere, said);
    }
}
