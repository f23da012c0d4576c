package dev.gapless.node;

import dev.gapless.core.Overflow;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "publish",
        description = {
            "Publishes each line of standard input.",
            "As JSON if it is JSON, else as text. It reads no faster than the consumers take, and ends with status 0 once"
                    + " every line was accepted, and delivered to the nodes of the consumers known by then, 3 if some consumers"
                    + " missed lines or have not confirmed them.",
            "Applications that subscribe with a class of their own leave these lines out: theirs is another class."
        })
final class PublishCommand extends ToolCommand {
    @Option(names = "--topic", required = true, paramLabel = "T", description = "Where to publish.")
    private String topic;

    @Option(
            names = "--key-field",
            paramLabel = "F",
            description =
                    "The field of a line's JSON object that is its key. Lines without it have none, and are counted"
                            + " on standard error.")
    private @Nullable String keyField;

    @Option(
            names = "--overflow",
            paramLabel = "backpressure|expire",
            description =
                    "What happens when a consumer does not keep up: wait for it (the default), or let the oldest messages"
                            + " expire, which it is told. With --url, expire leaves it to the settings of the gateway's node.")
    private Overflow overflow = Overflow.BACKPRESSURE;

    PublishCommand(Termination termination) {
        super(termination);
    }

    @Override
    boolean isOfMembers(String option) {
        return !option.equals("--overflow") && super.isOfMembers(option);
    }

    @Override
    String topic() {
        return topic;
    }

    @Override
    void asMember() {
        new MemberPublish(new MemberStart(member, spec, termination), topic, overflow, spec, termination).run(keyField);
    }

    @Override
    void overGateway() {
        boolean paced = overflow == Overflow.BACKPRESSURE;
        new GatewayPublish(gateway.links(spec, termination, this::tell), topic, paced, spec, termination)
                .run(new FileInputStream(FileDescriptor.in), keyField);
    }
}
