package dev.gapless.node;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

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

    List<GatewayUrl> urls() {
        return urls;
    }

    /** The gateways, to be asked; {@code tell} is told in one line what they have to be asked again for. */
    GatewayLinks links(CommandSpec spec, Termination termination, Consumer<String> tell) {
        Duration limit = retryFor == null ? RETRY_FOR : DurationConverter.option("--retry-for", retryFor, spec);
        return new GatewayLinks(urls, limit, termination, tell);
    }
}
