package dev.gapless.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client's event stream, as EventSource reads it. */
final class EventStream implements TestGateway.Client {
    static final Message END = new Message(null, null, null);

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private final AtomicInteger comments = new AtomicInteger();
    private final HttpResponse<InputStream> response;

    /** What an empty line ends: its id, its data and its retry, as far as it has them. */
    record Message(String id, JsonNode data, String retry) {}

    private EventStream(HttpResponse<InputStream> response) {
        this.response = response;
    }

    static EventStream open(HttpClient http, URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "text/event-stream");
        try {
            EventStream opened = new EventStream(http.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(),
                    HttpResponse.BodyHandlers.ofInputStream()));
            Thread reader = new Thread(opened::read, "event-stream");
            reader.setDaemon(true);
            reader.start();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** How many comments have come. */
    int comments() {
        return comments.get();
    }

    /** How many have come that were not taken yet. */
    int waiting() {
        return messages.size();
    }

    int status() {
        return response.statusCode();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            Message message = END;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (!message.equals(END)) {
                        messages.add(message);
                    }
                    message = END;
                } else if (line.startsWith("data: ")) {
                    message = new Message(message.id(), TestGateway.json(line.substring(6)), message.retry());
                } else if (line.startsWith("id: ")) {
                    message = new Message(line.substring(4), message.data(), message.retry());
                } else if (line.startsWith("retry: ")) {
                    message = new Message(message.id(), message.data(), line.substring(7));
                } else if (line.startsWith(":")) {
                    comments.incrementAndGet();
                } else {
                    throw new AssertionError("not of the format: " + line);
                }
            }
        } catch (IOException e) {
            // The end, too.
        }
        messages.add(END);
    }

    /** The next one. */
    Message next() {
        try {
            Message message = messages.poll(TestGateway.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("nothing came");
            }
            return message;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** So many with data. */
    List<Message> next(int count) {
        List<Message> some = new ArrayList<>();
        while (some.size() < count) {
            Message message = next();
            if (message.equals(END)) {
                throw new AssertionError("the stream ended after " + some);
            }
            if (message.data() != null) {
                some.add(message);
            }
        }
        return some;
    }

    /** Is that the end of the stream? */
    static boolean isEnd(Message message) {
        return message.equals(END);
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
