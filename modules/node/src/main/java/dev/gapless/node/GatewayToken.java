package dev.gapless.node;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The credential that a gateway is shown. One of a command is asked for again once a gateway refuses it. For any thread. */
final class GatewayToken {
    private static final long COMMAND_SECONDS = 30;
    private static final int MOST_BYTES = 64 << 10;
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");
    private static final String RULE = "--token-command prints the token alone, in one line, within ";

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
            known = checked("--token-env", known.strip());
        } else if (known == null && command != null) {
            known = run(command, COMMAND_SECONDS);
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

    /** What a command prints. Throws Failure if that is no token, or it takes longer. */
    static String run(String command, long seconds) {
        Process process;
        try {
            process = new ProcessBuilder("sh", "-c", command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            throw new Failure("--token-command: " + Failure.reason(e), e);
        }
        // What it has started may go on, and hold what is read open, when it has ended itself.
        CompletableFuture<byte[]> reading = CompletableFuture.supplyAsync(() -> printed(process));
        try {
            byte[] printed = reading.get(seconds, TimeUnit.SECONDS);
            boolean hasEnded = process.waitFor(seconds, TimeUnit.SECONDS);
            String token = new String(printed, StandardCharsets.UTF_8).strip();
            if (!hasEnded || process.exitValue() != 0 || token.isEmpty() || token.contains("\n")) {
                throw new Failure(RULE + seconds + " s: "
                        + (hasEnded ? "its exit status was " + process.exitValue() : "it went on")
                        + (token.isEmpty() ? ", and it printed nothing" : ""));
            }
            return checked("--token-command", token);
        } catch (TimeoutException e) {
            throw new Failure(RULE + seconds + " s: it, or what it has started, went on", e);
        } catch (ExecutionException e) {
            throw new Failure("--token-command: " + Failure.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static byte[] printed(Process process) {
        try {
            return process.getInputStream().readNBytes(MOST_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing else can stand in a header; nobody is shown what does. */
    private static String checked(String option, String token) {
        if (!TOKEN.matcher(token).matches()) {
            throw new Failure(option + ": a token is one word of ASCII characters, and this has others");
        }
        return token;
    }
}
