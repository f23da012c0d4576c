package dev.gapless.gateway.internal.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.core.CursorToken;
import dev.gapless.gateway.internal.json.Bytes;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Server-sent events: a line of data for each, and an id that resumes behind it; many are written at once. */
public final class SseFraming extends JsonFraming {
    /** The id of an event after which there is nothing to resume. */
    public static final String ENDED = "ended";

    private final boolean idOfEach;
    private final int maxIdBytes;
    private final long retryMs;
    private String topic = "";
    /** The last that was made, and the last of a frame that is complete: the client has it. */
    private @Nullable String made;

    private @Nullable String last;

    /** @param idOfEach has each event an id, or only the last of a frame? */
    public SseFraming(Common common, boolean idOfEach) {
        super(common);
        this.idOfEach = idOfEach;
        this.maxIdBytes = common.settings().maxIdBytes;
        this.retryMs = common.reconnectMs();
    }

    @Override
    void before(Bytes frame, int events) {
        if (events > 0 && !idOfEach) {
            frame.write('\n');
        }
        frame.text("data: ");
    }

    @Override
    void after(Bytes frame, Supplier<CursorToken> token) {
        frame.write('\n');
        if (idOfEach) {
            id(frame, token);
        }
    }

    @Override
    List<ByteBuffer> finish(Bytes frame, int events, Supplier<CursorToken> token) {
        if (!idOfEach) {
            id(frame, token);
        }
        last = made;
        return frame.from(0);
    }

    private void id(Bytes frame, Supplier<CursorToken> token) {
        frame.text("id: ").text(text(token.get())).text("\n\n");
    }

    private String text(CursorToken token) {
        String text = token.toString();
        if (text.length() > maxIdBytes) {
            throw new RequestException(
                    Kind.IDS_TOO_LARGE,
                    "The ids of this topic's events have " + text.length() + " bytes, more than"
                            + " gapless.gateway.max-id-bytes allows: " + maxIdBytes
                            + ". Use a WebSocket (/api/ws), whose tokens have no bound");
        }
        made = text;
        return text;
    }

    @Override
    public List<ByteBuffer> subscribed(
            Bytes frame, String topic, CursorToken token, List<CursorToken.Entry> places, Set<String> silent) {
        frame.text("retry: " + retryMs + "\nid: ").text(text(token)).text("\n\n");
        this.topic = topic;
        last = made;
        return frame.from(0);
    }

    @Override
    public void addPlace(ObjectNode message) {
        if (last != null) {
            message.put("topic", topic).put("token", last);
        }
    }

    @Override
    void afterEnd(Bytes frame) {
        frame.text("\nid: " + ENDED + "\n\n");
    }

    @Override
    void afterObject(Bytes frame, ObjectNode message) {
        frame.write('\n');
        message.path("tokens").forEach(token -> id(frame, token.textValue())); // of the only topic, as it closes
        frame.write('\n');
    }

    /** An id without data moves the place from which {@code EventSource} resumes. */
    @Override
    public List<ByteBuffer> idle(Bytes frame, @Nullable CursorToken progress) {
        if (progress == null || !id(frame, progress.toString())) {
            frame.text(":\n");
        }
        frame.write('\n');
        return frame.from(0);
    }

    /** {@return whether there is room for it in a header} */
    private boolean id(Bytes frame, String token) {
        if (token.length() > maxIdBytes) {
            return false;
        }
        frame.text("id: ").text(token).text("\n");
        last = token;
        return true;
    }

    @Override
    public boolean isStream() {
        return true;
    }
}
