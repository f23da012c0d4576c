package dev.gapless.node;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Publishes the lines of a stream at a gateway. */
final class GatewayPublish {
    private final GatewayLinks links;
    private final String topic;
    private final boolean paced;
    private final CommandSpec spec;
    private final Termination termination;

    /** @param paced whether the gateway is to wait for consumers that do not keep up */
    GatewayPublish(GatewayLinks links, String topic, boolean paced, CommandSpec spec, Termination termination) {
        this.links = links;
        this.topic = topic;
        this.paced = paced;
        this.spec = spec;
        this.termination = termination;
    }

    /** @param keyField null if messages have no key */
    void run(InputStream in, @Nullable String keyField) {
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, "lines", Terminal.onStandardError());
        JsonLine json = new JsonLine(keyField);
        LineBatches batches = new LineBatches(new Lines(in), json);
        GatewayProducer producer = new GatewayProducer(links, topic, paced, line -> {
            progress.end();
            err.println(spec.qualifiedName() + ": " + line);
            err.flush();
        });
        progress.begin();
        try {
            run(batches, producer, progress);
        } catch (Failure e) {
            String published =
                    producer.accepted() == 0 ? "" : " (" + Lines.counted(producer.accepted()) + " published)";
            throw new Failure(e.getMessage() + published, e);
        } finally {
            progress.end();
        }
        err.println(
                Lines.counted(producer.accepted()) + " published over " + links.url() + " in " + progress.elapsed());
        if (json.without() > 0) {
            err.println(String.format(
                    Locale.ROOT, "%,d of them without a key: they have no field '%s'", json.without(), keyField));
        }
        if (!producer.unconfirmed().isEmpty()) {
            throw new Undelivered(
                    "every line was accepted, but not all consumers are known to have got what was published at "
                            + producer.unconfirmed().entrySet().stream()
                                    .map(one -> one.getKey()
                                            + (one.getValue().isEmpty() ? "" : " (" + one.getValue() + ")"))
                                    .collect(Collectors.joining(", "))
                            + ". Do not publish it again");
        }
    }

    /** Both threads block for as long as input and gateway do: a signal need not wait for them. */
    private void run(LineBatches batches, GatewayProducer producer, Progress progress) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        start("gapless-read", batches::read);
        start("gapless-publish", () -> {
            try {
                for (LineBatch batch = batches.take(); batch != null; batch = batches.take()) {
                    producer.publish(batch);
                    progress.update(producer.accepted());
                }
                done.complete(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                done.completeExceptionally(new Failure("interrupted", e));
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        var error = CompletableFuture.anyOf(done, termination.requested())
                .handle((value, failure) -> failure)
                .join();
        if (error != null) {
            throw error.getCause() instanceof Failure failure ? failure : new Failure(Failure.reason(error), error);
        }
        if (!done.isDone()) {
            throw new Failure("interrupted");
        }
    }

    private static void start(String name, Runnable what) {
        Thread thread = new Thread(what, name);
        thread.setDaemon(true);
        thread.start();
    }
}
