package dev.gapless.multijvm.node;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Writes events of a gateway into a journal, as the checker reads them. */
public final class EventLine {
    private EventLine() {}

    /** A message. */
    public static void given(JsonNode event, Journal journal) {
        byte[] bytes;
        try {
            bytes = event.at("/data/base64").binaryValue();
        } catch (IOException e) {
            throw new IllegalStateException(event.toString(), e);
        }
        Content content = Content.of(bytes);
        journal.line(
                "d",
                text(event, "node"),
                text(event, "epoch"),
                text(event, "seq"),
                Long.toHexString(content.incarnation()),
                content.thread(),
                content.index(),
                JournaledPublisher.hash(bytes));
    }

    /** A producer that left. */
    public static void left(JsonNode event, Journal journal) {
        journal.line("l", text(event, "node"), text(event, "epoch"), text(event, "seq"));
    }

    /** One of the gaps of a {@code cursor_expired}. */
    public static void gap(JsonNode gap, Journal journal) {
        journal.line(
                "g",
                text(gap, "node"),
                text(gap, "reason"),
                text(gap, "epoch"),
                text(gap, "first_missing"),
                text(gap, "missed"),
                text(gap, "resumes_epoch"),
                text(gap, "resumes_at"));
    }

    /** A member as text; null if there is none. */
    public static String text(JsonNode of, String field) {
        JsonNode value = of.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }
}
