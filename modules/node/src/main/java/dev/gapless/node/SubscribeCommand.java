package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Ended;
import dev.gapless.Payload;
import dev.gapless.Ready;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.Overflow;
import dev.gapless.gateway.internal.json.EventJson;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.Start;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
final class SubscribeCommand extends MemberCommand {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    @Option(names = "--topic", required = true, paramLabel = "T", description = "What to print.")
    private String topic;

    @Option(
            names = "--from",
            paramLabel = "START",
            description = "Where to begin: latest (the default), earliest, a cursor token, or a time (ISO 8601, like"
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
                    "What happens when standard output does not keep up: this node takes no more (the default), or"
                            + " its oldest messages expire. Matters to publishers that have backpressure alone.")
    private Overflow overflow = Overflow.BACKPRESSURE;

    SubscribeCommand(Termination termination) {
        super(termination);
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count: at least 1");
        }
        SubscriptionSettings filter = filter();
        Config settings = TopicConfig.of(topic, overflow, spec.commandLine())
                .withFallback(ConfigFactory.parseString("gapless.publishing = off"));
        TokenFile tokens = tokenFile == null ? null : new TokenFile(tokenFile);
        CursorToken resume = tokens == null ? null : tokens.read();
        start(resume, SystemName.DEFAULT); // whether it can be read is known before joining

        try (Member member = join(settings)) {
            StartFrom start = start(resume, member.clusterId());
            OwnNode own = new OwnNode(member.gapless().nodeName());
            EventJson json = new EventJson(new PayloadJson(member.system()), own);
            EventPrinter printer = new EventPrinter(count, json, new StandardOutput(), tokens, own);
            Subscription subscription =
                    member.gapless().subscribe(Topic.of(topic, Payload.class), start, filter, printer.handler());
            var unused = subscription.ready().thenAccept(ready -> tellReady(ready, member, err));
            Ended.Reason reason = print(printer, subscription, member);
            if (reason != Ended.Reason.CANCELLED && !termination.isRequested()) {
                throw new Failure(
                        reason == Ended.Reason.SHUTDOWN || member.isEnding()
                                ? member.whyEnded()
                                : "the subscription has failed; standard output ends with why");
            }
        }
        return 0;
    }

    private SubscriptionSettings filter() {
        SubscriptionSettings filter = SubscriptionSettings.defaults();
        try {
            filter = nodes.isEmpty() ? filter : filter.withNodes(nodes);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--nodes: " + Failure.reason(e), e);
        }
        return keys.isEmpty() ? filter : filter.withKeys(keys);
    }

    /** Prints on a thread of its own: a standard output that takes nothing must not keep this process in the cluster. */
    private Ended.Reason print(EventPrinter printer, Subscription subscription, Member member) {
        CompletableFuture<?> end = CompletableFuture.anyOf(termination.requested(), member.ended());
        CompletableFuture<Ended.Reason> ended = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        ended.complete(printer.run(subscription, end));
                    } catch (RuntimeException e) {
                        ended.completeExceptionally(e);
                    }
                },
                "gapless-print");
        thread.setDaemon(true);
        thread.start();
        var unused =
                CompletableFuture.anyOf(ended, end).exceptionally(error -> null).join();
        try {
            return ended.get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure ? failure : new Failure(Failure.reason(e), e);
        } catch (TimeoutException e) {
            throw new Failure(
                    termination.isRequested()
                            ? "standard output takes nothing: not everything was printed"
                            : member.whyEnded(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    private StartFrom start(@Nullable CursorToken resume, String cluster) {
        if (resume != null) {
            if (!resume.topic().equals(topic)) {
                throw new Failure("--token-file " + tokenFile + ": its token is of topic '" + resume.topic() + "'");
            }
            return StartFrom.token(resume);
        }
        try {
            return Start.parse(from, topic, cluster);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--from: " + Failure.reason(e), e);
        }
    }

    private void tellReady(Ready ready, Member member, PrintWriter err) {
        String silent = ready.silent().isEmpty()
                ? ""
                : ", without an answer of " + String.join(", ", new TreeSet<>(ready.silent()));
        err.println("ready: topic " + topic + ", " + member.addresses().size() + " members" + silent);
        err.flush();
    }
}
