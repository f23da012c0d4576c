package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Of the commands that join the cluster for as long as they run. */
final class MemberOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--seed",
            required = true,
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "A member of the cluster, as it calls itself; repeatable. This program joins as a member, and"
                    + " leaves at the end.")
    private List<HostPort> seeds;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            description =
                    "The name of the cluster's actor systems, that is, what stands before the @ in their addresses"
                            + " (default: ${DEFAULT-VALUE}).",
            defaultValue = SystemName.DEFAULT)
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
            converter = DurationConverter.class,
            description = "How long to try to join (default: ${DEFAULT-VALUE}).",
            defaultValue = "20s")
    private Duration joinTimeout;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Further settings, in HOCON: what the cluster's members agree on, such as TLS or downing.")
    private @Nullable Path file;

    @Mixin
    private BufferOptions buffers;

    /**
     * Joins; the settings given go before all others.
     *
     * @param tell is told in one line what the joining waits for, if that takes long
     */
    Member join(Config settings, Termination termination, Consumer<String> tell) {
        Config config = settings.withFallback(ownSettings());
        Logging.configure("logback-tool.xml");
        Member member = Member.start(ProgramConfig.of(config, file, spec.commandLine()), system);
        try {
            new Joining(member, seeds, tell).run(joinTimeout, termination);
            return member;
        } catch (RuntimeException e) {
            member.close();
            throw e;
        }
    }

    private Config ownSettings() {
        if (port < 0 || port > 65535) {
            throw wrong("--port: " + port + " is not a port, 0 to 65535", null);
        }
        if (host.isBlank()) {
            throw wrong("--host: a name or an address is needed", null);
        }
        Map<String, Object> own = new HashMap<>();
        own.put("pekko.remote.artery.canonical.hostname", host);
        own.put("pekko.remote.artery.canonical.port", port);
        own.put("pekko.cluster.seed-nodes", List.of());
        checked("--system: ", () -> SystemName.check(system));
        String name = this.name;
        if (name != null) {
            own.put("gapless.node-name", checked("--name: ", () -> Limits.checkName("node name", name)));
        }
        return ConfigFactory.parseMap(own, "the options")
                .withFallback(checked("", () -> buffers.overrides(System.getenv())));
    }

    private <T> T checked(String option, Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw wrong(option + e.getMessage(), e);
        }
    }

    private ParameterException wrong(String what, @Nullable Exception cause) {
        return new ParameterException(spec.commandLine(), what, cause);
    }
}
