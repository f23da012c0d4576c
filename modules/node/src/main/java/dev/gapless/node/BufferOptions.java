package dev.gapless.node;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The size of the rings, as the options have it. */
final class BufferOptions {
    static final String MESSAGES_VARIABLE = "GAPLESS_BUFFER_MESSAGES";
    static final String BYTES_VARIABLE = "GAPLESS_BUFFER_BYTES";

    @Option(
            names = "--buffer-messages",
            paramLabel = "N",
            description = "Messages in the ring of each topic that has no setting of its own (or " + MESSAGES_VARIABLE
                    + "; default: gapless.buffer-messages).")
    private @Nullable String messages;

    @Option(
            names = "--buffer-bytes",
            paramLabel = "SIZE",
            description = "Bytes in it, for instance 64MiB (or " + BYTES_VARIABLE + "; default: gapless.buffer-bytes).")
    private @Nullable String bytes;

    @Nullable String messages() {
        return messages;
    }

    @Nullable String bytes() {
        return bytes;
    }
}
