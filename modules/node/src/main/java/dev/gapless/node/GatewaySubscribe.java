package dev.gapless.node;

import dev.gapless.core.CursorToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints the events of a topic as a gateway streams them. After a broken connection it goes on behind the last one printed. */
final class GatewaySubscribe {
    /** The gateway sends a comment every 15 s; it is gone when three did not come. */
    private static final Duration SILENCE = Duration.ofSeconds(50);
    /** A subscription is ready when every member has answered, or was given up. */
    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(60);

    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final long QUIET_MS = 100;
    /** A longer problem is cut. */
    private static final int MAX_PROBLEM_BYTES = 64 << 10;

    private final GatewayLinks links;
    private final SubscribeWish wish;
    private final PrintWriter err;
    private final Termination termination;
    private final String path;
    private boolean wasReady;

    GatewaySubscribe(GatewayLinks links, SubscribeWish wish, CommandSpec spec, Termination termination) {
        this.links = links;
        this.wish = wish;
        this.err = spec.commandLine().getErr();
        this.termination = termination;
        this.path = "/api/topics/" + GatewayUrl.encoded(wish.topic()) + "/events?from="
                + GatewayUrl.encoded(wish.from()) + list("nodes", wish.nodes()) + list("keys", wish.keys());
    }

    private static String list(String name, List<String> values) {
        return values.isEmpty() ? "" : "&" + name + "=" + GatewayUrl.encoded(String.join(",", values));
    }

    /** On a thread of its own: neither a gateway nor a standard output that takes nothing holds up the end. */
    void run(OutputStream out) {
        TokenFile tokens = wish.tokens();
        CursorToken resume = wish.resume(tokens);
        GatewayEvents events =
                new GatewayEvents(wish.topic(), wish.count(), out, tokens, resume == null ? null : resume.toString());
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(print(events));
                    } catch (RuntimeException e) {
                        done.completeExceptionally(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        done.completeExceptionally(new Failure("interrupted", e));
                    }
                },
                "gapless-print");
        thread.setDaemon(true);
        thread.start();
        var unused = CompletableFuture.anyOf(done, termination.requested())
                .exceptionally(error -> null)
                .join();
        try {
            done.get(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Failure failure ? failure : new Failure(Failure.reason(e), e);
        } catch (TimeoutException e) {
            throw new Failure("standard output or the gateway takes too long: not everything was printed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", e);
        }
    }

    private boolean print(GatewayEvents events) throws InterruptedException {
        boolean goesOn = true;
        while (goesOn && !termination.isRequested()) {
            goesOn = connect(events);
        }
        if (!events.isEnded()) {
            events.cancelled();
        }
        events.save();
        if (events.isEnded()) {
            throw new Failure("the subscription has failed; standard output ends with why");
        }
        return true;
    }

    /** One connection, and the pause behind it; false if none is to follow. */
    private boolean connect(GatewayEvents events) throws InterruptedException {
        GatewayUrl url = links.url();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url.at(path)).timeout(HEAD_TIMEOUT).header("Accept", "text/event-stream");
        String last = events.lastId();
        if (last != null) {
            request.header("Last-Event-ID", last);
        }
        String why;
        long waitMs = 0;
        try {
            var response = links.http().send(request.build(), BodyHandlers.ofPublisher(), termination);
            if (response == null) {
                return false;
            }
            if (response.statusCode() == 200) {
                why = stream(url, response, events);
                waitMs = events.retryMs();
            } else {
                GatewayAnswer answer = answer(response);
                if (answer.status() == 204) {
                    return false;
                }
                why = url + ": " + answer.why();
                if (!answer.isWorthRepeating()) {
                    throw new Failure(why);
                }
                waitMs = answer.retryAfterMs();
            }
        } catch (IOException e) {
            why = GatewayHttp.why(url, e);
        }
        if (why == null || events.isEnded() || events.isComplete()) {
            return false;
        }
        events.quiet();
        links.next();
        return links.pause(why, waitMs);
    }

    /** Prints until the connection ends; returns why it did, or null if nothing more is wanted. */
    private @Nullable String stream(
            GatewayUrl url, HttpResponse<Publisher<List<ByteBuffer>>> response, GatewayEvents events)
            throws InterruptedException, IOException {
        if (!response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
            throw new Failure(url + " is no gateway: its answer is no event stream");
        }
        SseParser parser = new SseParser(events);
        boolean isReady = false;
        try (SseChunks chunks = new SseChunks()) {
            response.body().subscribe(chunks);
            long heardNs = System.nanoTime();
            while (!termination.isRequested() && !events.isEnded() && !events.isComplete()) {
                SseChunks.Chunk chunk = chunks.poll(0);
                if (chunk == null) {
                    events.quiet();
                    chunk = chunks.poll(QUIET_MS);
                }
                if (chunk == null) {
                    if (System.nanoTime() - heardNs > SILENCE.toNanos()) {
                        return url + " was silent for " + SILENCE.toSeconds() + " s";
                    }
                    continue;
                }
                if (chunk.isEnd()) {
                    Throwable error = chunk.error();
                    return "the event stream of " + url
                            + (error == null ? " ended" : " broke: " + Failure.reason(error));
                }
                chunk.bytes().forEach(parser::accept);
                if (!isReady && events.lastId() != null) {
                    isReady = true;
                    tellReady(url);
                }
                heardNs = System.nanoTime();
            }
            return null;
        }
    }

    private void tellReady(GatewayUrl url) {
        links.worked();
        err.println((wasReady ? "connected again: topic " : "ready: topic ") + wish.topic() + ", " + url);
        err.flush();
        wasReady = true;
    }

    private static GatewayAnswer answer(HttpResponse<Publisher<List<ByteBuffer>>> response)
            throws InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SseChunks chunks = new SseChunks()) {
            response.body().subscribe(chunks);
            SseChunks.Chunk chunk = chunks.poll(END_TIMEOUT.toMillis());
            while (chunk != null && !chunk.isEnd() && body.size() < MAX_PROBLEM_BYTES) {
                for (ByteBuffer part : chunk.bytes()) {
                    byte[] bytes = new byte[part.remaining()];
                    part.get(bytes);
                    body.writeBytes(bytes);
                }
                chunk = chunks.poll(END_TIMEOUT.toMillis());
            }
        }
        return GatewayAnswer.of(response.statusCode(), response.headers(), body.toByteArray());
    }
}
