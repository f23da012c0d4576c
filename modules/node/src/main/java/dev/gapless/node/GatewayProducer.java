package dev.gapless.node;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes batches of lines at a gateway. Each request has an {@code Idempotency-Key} of its own. When a connection breaks
 * before the answer, it is not known how much of the request was accepted:
 *
 * <ol>
 *   <li>The key is sent again, <em>without</em> any line. The gateway answers what it answered the first time, or will; or, if
 *       it knows nothing of the key, that it has accepted none. From then on it answers the key so, and the first request, should
 *       it arrive late, publishes nothing.
 *   <li>The lines that were not accepted go into a request with a new key.
 * </ol>
 *
 * <p>So no line is lost, and none comes twice. Where the gateway cannot be asked, because it has gone, was started anew, or another one
 * answers behind the same address, the lines are published again, and that is said: they may come twice, and none is lost. Gateways name
 * themselves in each answer, so that this can be told. For one thread.
 */
final class GatewayProducer {
    /** An answer that takes longer is asked for again. */
    static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    /** For so long a gateway that cannot be reached is asked what became of a request, before another one gets the lines. */
    private static final Duration ASK_FOR = Duration.ofSeconds(5);

    private final GatewayLinks links;
    private final String path;
    private final Consumer<String> tell;
    private final String keys = UUID.randomUUID() + "-";
    private long keysGiven;
    private final Map<String, String> unconfirmed = new TreeMap<>();
    /** For each gateway the sequence of the first message that it accepted. */
    private final Map<GatewayUrl, Long> firstAt = new HashMap<>();
    /** Which gateway answered last there: behind one address there may be several, or one that was started anew. */
    private final Map<GatewayUrl, String> gateways = new HashMap<>();

    private final AtomicLong accepted = new AtomicLong();

    /**
     * At these gateways.
     *
     * @param paced whether they are to wait for consumers that do not keep up
     * @param tell is told what users should know, in one line
     */
    GatewayProducer(GatewayLinks links, String topic, boolean paced, Consumer<String> tell) {
        this.links = links;
        this.path = "/api/topics/" + GatewayUrl.encoded(topic) + "/messages?overflow="
                + (paced ? "backpressure" : "expire");
        this.tell = tell;
    }

    /** How many lines gateways have accepted. */
    long accepted() {
        return accepted.get();
    }

    /**
     * Producers, as node and epoch, whose consumers do not have everything that this published there, or are not known to: with what is
     * known of each.
     */
    Map<String, String> unconfirmed() {
        return unconfirmed;
    }

    /**
     * Returns when all lines are accepted.
     *
     * @throws Failure if one is refused, or no gateway answers
     */
    void publish(LineBatch batch) {
        LineBatch rest = batch;
        while (rest.size() > 0) {
            GatewayUrl url = links.url();
            String key = keys + ++keysGiven;
            GatewayAnswer answer;
            try {
                answer = send(url, key, rest.isFollowed(), rest.bytes());
            } catch (IOException e) {
                String why = GatewayHttp.why(url, e);
                if (GatewayHttp.isUnsent(e)) {
                    links.next();
                    pause(why, 0);
                    continue;
                }
                answer = ask(url, key, rest, why);
            }
            if (answer != null) {
                rest = taken(url, rest, answer);
            }
        }
        links.worked();
    }

    /** A proxy answered in the place of the gateway. */
    private static final class Between extends IOException {
        private static final long serialVersionUID = 1;

        private final boolean isAlone;

        Between(GatewayAnswer answer) {
            super("a proxy answered: " + answer.why());
            isAlone = answer.status() >= 502 && answer.status() <= 504;
        }

        /** Does it say that there is no gateway behind it? */
        static boolean isAlone(IOException error) {
            return error instanceof Between between && between.isAlone;
        }
    }

    private GatewayAnswer send(GatewayUrl url, String key, boolean isFollowed, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url.at(path + (isFollowed ? "" : delivered(url))))
                .timeout(ANSWER_TIMEOUT)
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        HttpResponse<byte[]> response = links.http().send(request, BodyHandlers.ofByteArray());
        GatewayAnswer answer = GatewayAnswer.of(response.statusCode(), response.headers(), response.body());
        if (!answer.isOfGateway() && answer.isWorthRepeating()) {
            throw new Between(answer); // whether the gateway got it is not known
        }
        gateways.put(url, answer.gateway());
        return answer;
    }

    /** Asks for everything that was accepted there, and not for the last lines alone. */
    private String delivered(GatewayUrl url) {
        Long first = firstAt.get(url);
        return "&wait=delivered" + (first == null ? "" : "&since=" + first);
    }

    /** What became of a request whose answer did not come; null if that is not known, and the lines are to be sent again. */
    private @Nullable GatewayAnswer ask(GatewayUrl url, String key, LineBatch rest, String why) {
        boolean wasGone = false;
        String last = why;
        long atLeastMs = 0;
        while (true) {
            try {
                pause(last, atLeastMs);
            } catch (Failure e) {
                throw notKnown(e.getMessage(), rest, e);
            }
            try {
                String asked = gateways.getOrDefault(url, "");
                GatewayAnswer answer = send(url, key, true, new byte[0]);
                if (!answer.tellsAccepted()) {
                    last = url + ": " + answer.why();
                    atLeastMs = answer.retryAfterMs();
                    if (!answer.isWorthRepeating()) {
                        throw notKnown(last, rest, null);
                    }
                    continue; // the question was refused, before anybody looked for the key
                }
                boolean isSame = !asked.isEmpty() && answer.gateway().equals(asked);
                if (!isSame && answer.accepted() == 0) {
                    warnOfDuplicates(url, rest); // it may never have got the request that another one accepted
                }
                return answer;
            } catch (IOException e) {
                last = GatewayHttp.why(url, e);
                atLeastMs = 0;
                wasGone |= GatewayHttp.isUnsent(e) || Between.isAlone(e);
                if (e instanceof HttpTimeoutException && isAlive(url)) {
                    links.worked(); // it waits for room, each line for a time that it bounds
                }
                if (wasGone && links.urls().size() > 1 && links.failingFor().compareTo(ASK_FOR) > 0) {
                    links.next();
                    warnOfDuplicates(url, rest);
                    return null;
                }
            }
        }
    }

    private static Failure notKnown(@Nullable String why, LineBatch rest, @Nullable Failure cause) {
        return new Failure(why + "; it is not known whether " + named(rest) + " were published", cause);
    }

    private boolean isAlive(GatewayUrl url) {
        HttpRequest request = HttpRequest.newBuilder(url.at("/api/health"))
                .timeout(GatewayHttp.CONNECT_TIMEOUT)
                .build();
        try {
            return links.http().send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private void pause(String why, long atLeastMs) {
        if (!links.pause(why, atLeastMs)) {
            throw new Failure("interrupted: " + why);
        }
    }

    private void warnOfDuplicates(GatewayUrl url, LineBatch rest) {
        tell.accept(named(rest) + " may come twice: " + url + " went before it answered, and they are published again");
    }

    /** What is left of the lines after an answer. */
    private LineBatch taken(GatewayUrl url, LineBatch sent, GatewayAnswer answer) {
        int count = answer.accepted();
        if (count < 0 || count > sent.size() || (!answer.isOfGateway() && answer.status() < 400)) {
            throw new Failure(url + " is no gateway: status " + answer.status() + " for " + named(sent)
                    + ", without the number of those that were accepted");
        }
        accepted.addAndGet(count);
        if (count > 0) {
            links.worked();
            firstAt.putIfAbsent(url, answer.number("positions.0.seq"));
            confirm(answer, !sent.isFollowed());
        }
        LineBatch rest = sent.after(count);
        if (rest.size() == 0) {
            return rest;
        }
        String why = url + ": " + answer.why();
        if (answer.status() >= 400 && !answer.isWorthRepeating()) {
            throw new Failure("line " + rest.firstLine() + " was not accepted: " + why);
        }
        if (answer.status() == 503) {
            links.next();
        }
        pause(
                answer.status() < 400 ? url + " accepted " + count + " of " + sent.size() + " lines" : why,
                answer.retryAfterMs());
        return rest;
    }

    /** What a producer's consumers have got to one message, they have got of all before it. */
    private void confirm(GatewayAnswer answer, boolean hasWaited) {
        String producer = answer.text("positions.1.node") + " (epoch " + answer.text("positions.1.epoch") + ")";
        if (hasWaited && answer.status() == 200) {
            unconfirmed.remove(producer);
        } else {
            unconfirmed.put(producer, consumers(answer));
        }
    }

    /** What an answer says of those that do not have everything. */
    private static String consumers(GatewayAnswer answer) {
        List<String> consumers = new ArrayList<>();
        for (int i = 0; !answer.text("missed_by." + i + ".node").isEmpty(); i++) {
            String at = "missed_by." + i + ".";
            consumers.add(String.format(
                    Locale.ROOT,
                    "%s missed %,d from sequence %d on, and was told",
                    answer.text(at + "node"),
                    answer.number(at + "missed"),
                    answer.number(at + "first_missing")));
        }
        for (int i = 0; !answer.text("waiting_for." + i).isEmpty(); i++) {
            consumers.add(answer.text("waiting_for." + i) + " has not confirmed it yet");
        }
        for (int i = 0; !answer.text("not_known." + i).isEmpty(); i++) {
            consumers.add(answer.text("not_known." + i) + " is not known to have it");
        }
        return String.join("; ", consumers);
    }

    private static String named(LineBatch lines) {
        return "lines " + lines.firstLine() + " to " + lines.lastLine();
    }
}
