package dev.gapless.node;

import dev.gapless.core.Overflow;
import dev.gapless.gateway.internal.json.StartRequest;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

@Command(
        name = "subscribe",
        description = {
            "Prints each event of a topic as one line of JSON.",
            "Until --count messages, SIGINT or SIGTERM. What was missed is an event, too (cursor_expired)."
        })
final class SubscribeCommand extends ToolCommand {
    @Option(names = "--topic", required = true, paramLabel = "T", description = "What to print.")
    private String topic;

    @Option(
            names = "--from",
            paramLabel = "START",
            description =
                    "Where to begin: latest (the default), earliest, a cursor token, the JSON of a token and what came"
                            + " since ({\"token\":…,\"then\":[…]}) or of positions, or a time (ISO 8601, like"
                            + " 2026-01-31T12:00:00Z): what was published then or later.")
    private String from = "latest";

    @Option(
            names = "--nodes",
            paramLabel = "a,b",
            split = ",",
            description = "Prints what these nodes publish, and nothing else.")
    private List<String> nodes = List.of();

    @Option(
            names = "--keys",
            paramLabel = "k*",
            split = ",",
            description =
                    "Prints messages with these keys, and nothing else; k* stands for all keys that begin with k.")
    private List<String> keys = List.of();

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many messages.")
    private long count = Long.MAX_VALUE;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Keeps the cursor token: where the file exists, it says where to begin, rather than --from.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--overflow",
            paramLabel = "backpressure|expire",
            description =
                    "With --seed, what happens when standard output does not keep up: this node takes no more (the default), or"
                            + " its oldest messages expire. Matters to publishers that have backpressure alone.")
    private Overflow overflow = Overflow.BACKPRESSURE;

    SubscribeCommand(Termination termination) {
        super(termination);
    }

    @Override
    String topic() {
        return topic;
    }

    @Override
    void asMember() {
        new MemberSubscribe(new MemberStart(member, spec, termination), wish(), overflow, spec, termination).run();
    }

    @Override
    void overGateway() {
        new GatewaySubscribe(gateway.links(spec, termination, this::tell), wish(), spec, termination)
                .run(new StandardOutput());
    }

    SubscribeWish wish() {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count: at least 1");
        }
        if (nodes.contains("")) {
            throw new ParameterException(spec.commandLine(), "--nodes: a name is empty");
        }
        try {
            var unused = StartRequest.parse(
                    from, topic, SystemName.DEFAULT); // whether the cluster is another is known later
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--from: " + Failure.reason(e), e);
        }
        return new SubscribeWish(topic, from, nodes, keys, count, tokenFile);
    }
}
