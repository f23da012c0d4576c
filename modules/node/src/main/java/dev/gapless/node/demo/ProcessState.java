package dev.gapless.node.demo;

import dev.gapless.node.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Stops a process, lets it go on, and sees for itself whether that took place. For Linux, and wherever ps is. */
final class ProcessState {
    private final long pid;

    ProcessState(long pid) {
        this.pid = pid;
    }

    /** SIGSTOP: it stands still, with all it has, and notices nothing. */
    void stop() {
        int status = signal("STOP");
        if (status != 0) {
            throw new Failure("kill -STOP " + pid + " ended with status " + status);
        }
    }

    /** SIGCONT; nothing happens if it goes on already, or has ended. */
    void goOn() {
        signal("CONT");
    }

    boolean isStopped() {
        String state = state();
        return state != null && state.startsWith("T");
    }

    private int signal(String name) {
        // The shell's own kill: the program of that name is not on every machine.
        return run(new ProcessBuilder("sh", "-c", "kill -" + name + " \"$0\"", String.valueOf(pid)), null);
    }

    private @Nullable String state() {
        Path stat = Path.of("/proc", String.valueOf(pid), "stat");
        try {
            if (Files.exists(stat)) {
                // pid (name) state …, and the name may contain anything
                String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
                return line.substring(line.lastIndexOf(')') + 2);
            }
        } catch (IOException e) {
            return null;
        }
        StringBuilder output = new StringBuilder();
        run(new ProcessBuilder("ps", "-o", "state=", "-p", String.valueOf(pid)), output);
        return output.toString().strip();
    }

    private static int run(ProcessBuilder builder, @Nullable StringBuilder output) {
        try {
            Process process = builder.redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (output != null) {
                output.append(text);
            }
            return process.waitFor();
        } catch (IOException e) {
            throw new Failure("cannot run " + builder.command().get(0) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }
}
