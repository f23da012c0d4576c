package dev.gapless.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.gapless.core.CursorToken;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Prints events as the gateway writes them. The token file follows what was flushed, never ahead of it, so that after a kill
 * lines are repeated, and none is skipped. For one thread.
 */
final class GatewayEvents implements SseParser.Events {
    private static final long TOKEN_INTERVAL_NS = Duration.ofSeconds(1).toNanos();
    /** Of gateways that ask for none. */
    private static final long DEFAULT_RETRY_MS = 1_000;

    private static final JsonFactory JSON = new JsonFactory();

    private final String topic;
    private final long count;
    private final OutputStream out;
    private final @Nullable TokenFile tokens;

    private long messages;
    private boolean isEnded;
    private @Nullable String lastId;
    private long retryMs = DEFAULT_RETRY_MS;
    private long tokenNs = System.nanoTime();

    /**
     * @param count ends after so many messages
     * @param resume the id to begin behind; null if there is none
     */
    GatewayEvents(String topic, long count, OutputStream out, @Nullable TokenFile tokens, @Nullable String resume) {
        this.topic = topic;
        this.count = count;
        this.out = new BufferedOutputStream(out, 64 << 10);
        this.tokens = tokens;
        this.lastId = resume;
    }

    /** The id behind the last event that was printed; null before there is one. */
    @Nullable String lastId() {
        return lastId;
    }

    /** What the gateway asked to wait before connecting again. */
    long retryMs() {
        return retryMs;
    }

    /** Were all messages that are wanted printed? */
    boolean isComplete() {
        return messages >= count;
    }

    /** Has the subscription ended at the gateway? */
    boolean isEnded() {
        return isEnded;
    }

    @Override
    public void event(byte @Nullable [] data, @Nullable String id) {
        if (isEnded || isComplete()) {
            return; // the gateway may have sent more
        }
        if (data != null) {
            String type = typeOf(data);
            if (!type.equals("closing")) { // of the connection, which is followed by another one
                print(data);
            }
            messages += type.equals("event") ? 1 : 0;
            isEnded = type.equals("ended");
        }
        if (id != null && !id.isEmpty() && !isEnded) {
            lastId = id;
        }
        if (tokens != null && System.nanoTime() - tokenNs > TOKEN_INTERVAL_NS) {
            save();
        }
    }

    @Override
    public void retry(long ms) {
        retryMs = ms;
    }

    private static String typeOf(byte[] data) {
        try (JsonParser parser = JSON.createParser(data)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean isType = parser.currentName().equals("type");
                    if (parser.nextToken() == JsonToken.VALUE_STRING && isType) {
                        return parser.getText();
                    }
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            throw new Failure("the gateway sent an event that is no JSON: " + Failure.reason(e), e);
        }
        return "";
    }

    private void print(byte[] line) {
        try {
            out.write(line);
            out.write('\n');
        } catch (IOException e) {
            throw StandardOutput.lost(e);
        }
    }

    /** Nothing more is at hand. */
    void quiet() {
        flush();
        if (tokens != null && System.nanoTime() - tokenNs > TOKEN_INTERVAL_NS) {
            save();
        }
    }

    /** It ends here, because it was asked to: the last line says so, as that of a member's subscription. */
    void cancelled() {
        if (isEnded) {
            return;
        }
        String token = lastId == null
                ? "null"
                : '"' + new String(JsonStringEncoder.getInstance().quoteAsString(lastId)) + '"';
        String quotedTopic = new String(JsonStringEncoder.getInstance().quoteAsString(topic));
        print(("{\"type\":\"ended\",\"topic\":\"" + quotedTopic + "\",\"reason\":\"CANCELLED\",\"token\":" + token
                        + "}")
                .getBytes(StandardCharsets.UTF_8));
    }

    /** Everything that was printed goes out, and its token is kept. */
    void save() {
        flush();
        if (tokens != null && lastId != null) {
            try {
                tokens.write(CursorToken.parse(lastId));
            } catch (IllegalArgumentException e) {
                throw new Failure("the gateway's token cannot be kept: " + Failure.reason(e), e);
            }
            tokenNs = System.nanoTime();
        }
    }

    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw StandardOutput.lost(e);
        }
    }
}
