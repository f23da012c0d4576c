package dev.gapless.node;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of server-sent events into events, without decoding their data. What has begun when a connection breaks is no
 * event: a new parser begins with the next connection. For one thread.
 */
final class SseParser {
    /** A longer line ends the program; no gateway sends such messages. */
    static final int MAX_LINE_BYTES = 64 << 20;

    private final Events events;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private boolean hasData;
    private @Nullable String id;

    /** Takes what is parsed. */
    interface Events {
        /**
         * An event.
         *
         * @param data null if there is an id alone
         * @param id null if there is none
         */
        void event(byte @Nullable [] data, @Nullable String id);

        /** The gateway asks for such a pause before the next connection. */
        void retry(long ms);
    }

    SseParser(Events events) {
        this.events = events;
    }

    void accept(ByteBuffer bytes) {
        byte[] chunk = new byte[bytes.remaining()];
        bytes.get(chunk);
        int from = 0;
        for (int i = 0; i < chunk.length; i++) {
            if (chunk[i] == '\n') {
                append(chunk, from, i - from);
                line(withoutCarriageReturn(line.toByteArray()));
                line.reset();
                from = i + 1;
            }
        }
        append(chunk, from, chunk.length - from);
    }

    private void append(byte[] bytes, int from, int length) {
        if (line.size() + (long) length > MAX_LINE_BYTES) {
            throw new Failure("an event is longer than " + MAX_LINE_BYTES + " bytes");
        }
        line.write(bytes, from, length);
    }

    private static String withoutCarriageReturn(byte[] bytes) {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return new String(
                bytes, 0, length, StandardCharsets.ISO_8859_1); // each byte is a character: nothing is decoded
    }

    private void line(String text) {
        if (text.isEmpty()) {
            dispatch();
            return;
        }
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(text.startsWith(": ", colon) ? colon + 2 : colon + 1);
        switch (field) {
            case "data" -> {
                if (hasData) {
                    data.write('\n');
                }
                hasData = true;
                data.writeBytes(value.getBytes(StandardCharsets.ISO_8859_1));
            }
            case "id" -> id = value;
            case "retry" -> retry(value);
            default -> {
                // a comment, or a field that is not known
            }
        }
    }

    private void retry(String value) {
        try {
            events.retry(Long.parseLong(value));
        } catch (NumberFormatException e) {
            // by the standard it does not count
        }
    }

    private void dispatch() {
        if (hasData || id != null) {
            events.event(hasData ? data.toByteArray() : null, id);
        }
        data.reset();
        hasData = false;
        id = null;
    }
}
