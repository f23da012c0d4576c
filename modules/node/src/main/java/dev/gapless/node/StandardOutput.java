package dev.gapless.node;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Standard output. It remembers its first failure, which the writers of the JDK and of picocli keep to themselves. */
final class StandardOutput extends OutputStream {
    /** The exit status of a program that SIGPIPE ended, as shells report it. */
    static final int CLOSED_PIPE_STATUS = 128 + 13;

    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

    private final OutputStream out;
    private volatile @Nullable IOException failure;

    /** Who reads the output has closed the pipe, as {@code head} does: a normal end. */
    static final class ClosedPipe extends IOException {
        private static final long serialVersionUID = 1;

        ClosedPipe(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream out) {
        this.out = out;
    }

    /** From now on, System.out writes here. */
    void install() {
        System.setOut(new PrintStream(this, true, StandardCharsets.UTF_8));
    }

    /** Throws Failure unless everything that was written so far has gone out. */
    void check() {
        IOException error = failure;
        if (error != null) {
            throw lost(error);
        }
    }

    /** What a command that cannot write ends with. */
    static Failure lost(IOException error) {
        return new Failure("cannot write to standard output: " + Failure.reason(error), error);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            IOException error = isClosedPipe(e) ? new ClosedPipe(e) : e;
            if (failure == null) {
                failure = error;
            }
            throw error;
        }
    }

    /** The system tells it in the user's language. */
    private static boolean isClosedPipe(IOException error) {
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        try {
            return message.contains("broken pipe")
                    || Files.readSymbolicLink(DESCRIPTOR).toString().startsWith("pipe:");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
