package dev.gapless.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Of the commands that may ask a gateway. */
final class GatewayOptions {
    private static final Duration RETRY_FOR = Duration.ofSeconds(30);

    @Option(
            names = "--url",
            paramLabel = "URL",
            converter = GatewayUrl.Converter.class,
            description =
                    "A gateway of the cluster, such as http://127.0.0.1:25581, rather than --seed; repeatable: if one"
                            + " does not answer, the next is asked.")
    private List<GatewayUrl> urls = List.of();

    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            description = "With --url, how long to try again while no gateway answers (default: 30s).")
    private @Nullable String retryFor;

    @Option(
            names = "--token-env",
            paramLabel = "NAME",
            description = "With --url, the environment variable that has the token for the gateway.")
    private @Nullable String tokenEnv;

    @Option(
            names = "--token-command",
            paramLabel = "COMMAND",
            description =
                    "With --url, a command of the shell that prints the token for the gateway. It is run again when a"
                            + " gateway refuses what it printed, as once it has expired.")
    private @Nullable String tokenCommand;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "With --url https://…, the certificates in PEM that are trusted, rather than those of the JDK.")
    private @Nullable Path ca;

    List<GatewayUrl> urls() {
        return urls;
    }

    /** The gateways, to be asked; {@code tell} is told in one line what they have to be asked again for. */
    GatewayLinks links(CommandSpec spec, Termination termination, Consumer<String> tell) {
        Duration limit = retryFor == null ? RETRY_FOR : DurationConverter.option("--retry-for", retryFor, spec);
        if (tokenEnv != null && tokenCommand != null) {
            throw new ParameterException(spec.commandLine(), "give --token-env or --token-command, and not both");
        }
        GatewayHttp http = new GatewayHttp(new GatewayToken(tokenEnv, tokenCommand), ca);
        return new GatewayLinks(urls, http, limit, termination, tell);
    }
}
