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
import dev.gapless.gateway.internal.json.StartRequest;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Prints the events of a topic as a member of the cluster. */
final class MemberSubscribe {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

    private final MemberStart start;
    private final SubscribeWish wish;
    private final Overflow overflow;
    private final CommandSpec spec;
    private final Termination termination;

    MemberSubscribe(
            MemberStart start, SubscribeWish wish, Overflow overflow, CommandSpec spec, Termination termination) {
        this.start = start;
        this.wish = wish;
        this.overflow = overflow;
        this.spec = spec;
        this.termination = termination;
    }

    void run() {
        PrintWriter err = spec.commandLine().getErr();
        SubscriptionSettings filter = filter();
        Config settings = TopicConfig.of(wish.topic(), overflow, spec.commandLine())
                .withFallback(ConfigFactory.parseString("gapless.publishing = off"));
        TokenFile tokens = wish.tokens();
        CursorToken resume = wish.resume(tokens);

        try (Member member = start.join(settings)) {
            StartFrom from = startFrom(resume, member.clusterId());
            OwnNode own = new OwnNode(member.gapless().nodeName());
            EventJson json = new EventJson(new PayloadJson(member.system()), own);
            EventPrinter printer = new EventPrinter(wish.count(), json, new StandardOutput(), tokens, own);
            Subscription subscription =
                    member.gapless().subscribe(Topic.of(wish.topic(), Payload.class), from, filter, printer.handler());
            var unused = subscription.ready().thenAccept(ready -> tellReady(ready, member, err));
            Ended.Reason reason = print(printer, subscription, member);
            if (reason != Ended.Reason.CANCELLED && !termination.isRequested()) {
                throw new Failure(
                        reason == Ended.Reason.SHUTDOWN || member.isEnding()
                                ? member.whyEnded()
                                : "the subscription has failed; standard output ends with why");
            }
        }
    }

    private SubscriptionSettings filter() {
        SubscriptionSettings filter = SubscriptionSettings.defaults();
        try {
            filter = wish.nodes().isEmpty() ? filter : filter.withNodes(wish.nodes());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--nodes: " + Failure.reason(e), e);
        }
        return wish.keys().isEmpty() ? filter : filter.withKeys(wish.keys());
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

    private StartFrom startFrom(@Nullable CursorToken resume, String cluster) {
        if (resume != null) {
            return StartFrom.token(resume);
        }
        try {
            return StartRequest.parse(wish.from(), wish.topic(), cluster);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--from: " + Failure.reason(e), e);
        }
    }

    private void tellReady(Ready ready, Member member, PrintWriter err) {
        String silent = ready.silent().isEmpty()
                ? ""
                : ", without an answer of " + String.join(", ", new TreeSet<>(ready.silent()));
        err.println("ready: topic " + wish.topic() + ", " + member.addresses().size() + " members" + silent);
        err.flush();
    }
}
