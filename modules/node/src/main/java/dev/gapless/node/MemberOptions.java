package dev.gapless.node;

import dev.gapless.internal.forming.HostPort;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Of the commands that join the cluster for as long as they run. It knows no cluster, so that {@code --url} loads none. */
final class MemberOptions {
    @Option(
            names = "--seed",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description = "A member of the cluster, as it calls itself; repeatable. This program joins as a member, and"
                    + " leaves at the end.")
    private List<HostPort> seeds = List.of();

    @Option(
            names = "--system",
            paramLabel = "NAME",
            description =
                    "The name of the cluster's actor systems, that is, what stands before the @ in their addresses"
                            + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "gapless")
    private String system;

    @Option(names = "--name", paramLabel = "NAME", description = "This member's name (default: HOST:PORT).")
    private @Nullable String name;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Where this member listens, as others reach it (default: ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Its port; 0 is a free one (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private int port;

    @Option(
            names = "--join-timeout",
            paramLabel = "TIME",
            description = "How long to try to join (default: ${DEFAULT-VALUE}).",
            defaultValue = "20s")
    private String joinTimeout;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Further settings, in HOCON: what the cluster's members agree on, such as TLS or downing.")
    private @Nullable Path file;

    @Mixin
    private BufferOptions buffers;

    List<HostPort> seeds() {
        return seeds;
    }

    String system() {
        return system;
    }

    @Nullable String name() {
        return name;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** As it was written. */
    String joinTimeout() {
        return joinTimeout;
    }

    @Nullable Path file() {
        return file;
    }

    BufferOptions buffers() {
        return buffers;
    }
}
