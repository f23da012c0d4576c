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
import picocli.CommandLine.Model.CommandSpec;

/** Publishes the lines of standard input as a member of the cluster. */
final class MemberPublish {
    private static final Duration CONSUMERS_TIMEOUT = Duration.ofSeconds(10);

    private final MemberStart start;
    private final String topic;
    private final Overflow overflow;
    private final CommandSpec spec;
    private final Termination termination;

    MemberPublish(MemberStart start, String topic, Overflow overflow, CommandSpec spec, Termination termination) {
        this.start = start;
        this.topic = topic;
        this.overflow = overflow;
        this.spec = spec;
        this.termination = termination;
    }

    /** @param keyField null if messages have no key */
    void run(@Nullable String keyField) {
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, "lines", Terminal.onStandardError());
        try (Member member = start.join(TopicConfig.of(topic, overflow, spec.commandLine()))) {
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
            if (lines > 0) {
                audience.awaitRead();
            }
            if (!audience.skipping().isEmpty()) {
                err.println("lines were left out by subscriptions on " + String.join(", ", audience.skipping())
                        + ": their topic '" + topic + "' has messages of another class, and not JSON or text");
            }
            overtaken(audience, err);
        } finally {
            progress.end();
        }
    }

    /** A consumer that was overtaken acknowledges what comes behind the gap: the lines are not delivered for all that. */
    private void overtaken(Audience audience, PrintWriter err) {
        long overruns = audience.expiries(Reason.OVERRUN);
        if (overruns == 0 && audience.overtaken().isEmpty()) {
            return;
        }
        String what =
                "every line was accepted, and some consumers missed lines and were told so: the ring overtook their nodes "
                        + overruns + " times; subscriptions were overtaken on "
                        + (audience.overtaken().isEmpty()
                                ? "no node that is known"
                                : String.join(", ", audience.overtaken()))
                        + ". gapless status shows which";
        if (overflow == Overflow.BACKPRESSURE) {
            throw new Undelivered(what);
        }
        err.println(what);
    }
}
