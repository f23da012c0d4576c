package dev.gapless.node;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The credential that a gateway is shown. One of a command is asked for again once a gateway refuses it. For any thread. */
final class GatewayToken {
    private static final long COMMAND_SECONDS = 30;
    private static final int MOST_BYTES = 64 << 10;

    private final @Nullable String variable;
    private final @Nullable String command;
    private @Nullable String known;

    /** None at all. */
    static final GatewayToken NONE = new GatewayToken(null, null);

    /**
     * One of these, or neither.
     *
     * @param variable of the environment, that has it
     * @param command of the shell, that prints it
     */
    GatewayToken(@Nullable String variable, @Nullable String command) {
        this.variable = variable;
        this.command = command;
    }

    /** What is shown; null if there is none. Throws Failure if it cannot be had. */
    synchronized @Nullable String get() {
        if (known == null && variable != null) {
            known = System.getenv(variable);
            if (known == null || known.isBlank()) {
                throw new Failure("--token-env: the environment has no " + variable);
            }
            known = known.strip();
        } else if (known == null && command != null) {
            known = run(command);
        }
        return known;
    }

    /** A gateway has refused this one. {@return another one; null if there is none} Throws Failure if it cannot be had. */
    synchronized @Nullable String after(String refused) {
        if (command == null) {
            return null;
        }
        if (refused.equals(known)) {
            known = null;
        }
        String next = get();
        return refused.equals(next) ? null : next;
    }

    private static String run(String command) {
        Process process;
        try {
            process = new ProcessBuilder("sh", "-c", command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            throw new Failure("--token-command: " + Failure.reason(e), e);
        }
        // One that goes on for ever is ended: reading ends with it.
        CompletableFuture.delayedExecutor(COMMAND_SECONDS, TimeUnit.SECONDS).execute(process::destroyForcibly);
        try {
            byte[] printed = process.getInputStream().readNBytes(MOST_BYTES);
            process.waitFor();
            String token = new String(printed, StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0 || token.isEmpty() || token.contains("\n")) {
                throw new Failure("--token-command prints the token alone, in one line, within " + COMMAND_SECONDS
                        + " s: its exit status was "
                        + process.exitValue() + (token.isEmpty() ? ", and it printed nothing" : ""));
            }
            return token;
        } catch (IOException e) {
            throw new Failure("--token-command: " + Failure.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
