package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.core.Limits;
import dev.gapless.internal.forming.HostPort;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Joins the cluster as the options say. */
final class MemberStart {
    private final MemberOptions options;
    private final CommandSpec spec;
    private final Termination termination;

    MemberStart(MemberOptions options, CommandSpec spec, Termination termination) {
        this.options = options;
        this.spec = spec;
        this.termination = termination;
    }

    /** Joins; the settings given go before all others. */
    Member join(Config settings) {
        Config config = settings.withFallback(ownSettings());
        Duration timeout = DurationConverter.option("--join-timeout", options.joinTimeout(), spec);
        Logging.configure("logback-tool.xml");
        Member member = Member.start(ProgramConfig.of(config, options.file(), spec.commandLine()), options.system());
        try {
            new Joining(member, options.seeds(), this::tell).run(timeout, termination);
            return member;
        } catch (RuntimeException e) {
            member.close();
            throw e;
        }
    }

    /** Says on standard error what the joining waits for. */
    private void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }

    private Config ownSettings() {
        if (options.port() < 0 || options.port() > 65535) {
            throw wrong("--port: " + options.port() + " is not a port, 0 to 65535", null);
        }
        if (options.host().isBlank()) {
            throw wrong("--host: a name or an address is needed", null);
        }
        Map<String, Object> own = new HashMap<>();
        own.put(
                "pekko.remote.artery.canonical.hostname",
                checked("--host: ", () -> HostPort.inAddress(options.host())));
        own.put("pekko.remote.artery.canonical.port", options.port());
        own.put("pekko.cluster.seed-nodes", List.of());
        checked("--system: ", () -> SystemName.check(options.system()));
        String name = options.name();
        if (name != null) {
            own.put("gapless.node-name", checked("--name: ", () -> Limits.checkName("node name", name)));
        }
        return ConfigFactory.parseMap(own, "the options")
                .withFallback(checked("", () -> BufferSettings.of(options.buffers(), System.getenv())));
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
