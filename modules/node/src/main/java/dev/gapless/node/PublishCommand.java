package dev.gapless.node;

import dev.gapless.Producer;
import dev.gapless.Topic;
import dev.gapless.core.Overflow;
import dev.gapless.core.Reason;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "publish",
        description = {
            "Publishes each line of standard input.",
            "As JSON if it is JSON, else as text. It reads no faster than the consumers take, and ends with status 0 once"
                    + " every line was accepted, and delivered to the consumers known by then.",
            "Applications that subscribe with a class of their own leave these lines out: theirs is another class."
        })
final class PublishCommand extends MemberCommand {
    private static final Duration CONSUMERS_TIMEOUT = Duration.ofSeconds(10);

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
            description = "What happens when a consumer does not keep up: wait for it (the default), or let the oldest"
                    + " messages expire, which it is told.")
    private Overflow overflow = Overflow.BACKPRESSURE;

    PublishCommand(Termination termination) {
        super(termination);
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, "lines", Terminal.onStandardError());
        try (Member member = join(TopicConfig.of(topic, overflow, spec.commandLine()))) {
            Producer<Object> producer = member.gapless().producer(Topic.of(topic, Object.class));
            Audience audience = new Audience(member, topic, termination);

            progress.print("waiting for the consumers");
            Set<String> missing = audience.awaitConsumers(CONSUMERS_TIMEOUT);
            if (!missing.isEmpty()) {
                progress.end();
                err.println("not waiting any longer for " + String.join(", ", missing)
                        + ": what is published now reaches them late, or is announced");
            }

            progress.begin();
            KeyField key = keyField == null ? null : new KeyField(keyField);
            long lines = new LinePublisher(
                            new FileInputStream(FileDescriptor.in), key, producer, progress, member, termination)
                    .run();
            progress.print("waiting until the consumers have everything");
            audience.awaitDelivered();
            progress.end();
            err.println(String.format(
                    Locale.ROOT, "%s published to %s in %s", Lines.counted(lines), audience, progress.elapsed()));
            if (key != null && key.without() > 0) {
                err.println(String.format(
                        Locale.ROOT, "%,d of them without a key: they have no field '%s'", key.without(), keyField));
            }
            Set<String> skipping = lines == 0 ? Set.of() : audience.skipping();
            if (!skipping.isEmpty()) {
                err.println("lines were left out by subscriptions on " + String.join(", ", skipping) + ": their topic '"
                        + topic + "' has messages of another class, and not JSON or text");
            }
            long overruns = audience.expiries(Reason.OVERRUN);
            if (overruns > 0) {
                String what = "a consumer fell behind and missed messages, which it was told (" + overruns + " times)";
                if (overflow == Overflow.BACKPRESSURE) {
                    throw new Failure(what);
                }
                err.println(what);
            }
        } finally {
            progress.end();
        }
        return 0;
    }
}
