package dev.gapless.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a gateway answered: numbers, or a problem. It reads JSON token by token, because a tree would take longer to load than
 * all the rest of the program.
 *
 * @param status of HTTP
 * @param retryAfterMs what the gateway asks for before the next attempt; 0 if nothing
 * @param gateway tells one gateway, and one incarnation of it, from all others; empty if it does not say
 * @param members scalar members of the JSON, with their paths: {@code detail}, {@code positions.1.epoch}
 */
record GatewayAnswer(int status, long retryAfterMs, String gateway, Map<String, String> members) {
    private static final JsonFactory JSON = new JsonFactory();

    /** An answer that is no JSON has no members. */
    static GatewayAnswer of(int status, HttpHeaders headers, byte[] body) {
        Map<String, String> members = new TreeMap<>();
        try (JsonParser parser = JSON.createParser(body)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                read(parser, "", members);
            }
        } catch (IOException e) {
            members.clear(); // of something between, which says it in words of its own
        }
        String gateway = headers.firstValue("Gapless-Gateway").orElse("");
        return new GatewayAnswer(status, retryAfterMs(headers), gateway, members);
    }

    /** A status alone. */
    static GatewayAnswer of(int status, HttpHeaders headers) {
        return of(status, headers, "".getBytes(StandardCharsets.UTF_8));
    }

    private static long retryAfterMs(HttpHeaders headers) {
        try {
            return 1_000 * Math.max(0, headers.firstValueAsLong("Retry-After").orElse(0));
        } catch (NumberFormatException e) {
            return 0; // a date, which no gateway sends
        }
    }

    private static void read(JsonParser parser, String path, Map<String, String> members) throws IOException {
        int index = 0;
        for (JsonToken token = parser.nextToken(); token != null && !token.isStructEnd(); token = parser.nextToken()) {
            if (token == JsonToken.FIELD_NAME) {
                continue;
            }
            String name = parser.currentName();
            String at = path + (name == null ? String.valueOf(index++) : name);
            if (token.isStructStart()) {
                read(parser, at + ".", members);
            } else {
                members.put(at, parser.getText());
            }
        }
    }

    /** {@return whether it is the gateway's own: numbers, or a problem} Something between may answer in its place. */
    boolean isOfGateway() {
        return status < 400 ? members.containsKey("count") : text("type").startsWith("urn:gapless:");
    }

    /** How many messages were accepted. */
    int accepted() {
        return (int) number(status < 400 ? "count" : "accepted");
    }

    /** Does it say how many were accepted? A request that is refused by its head does not: nobody looked what became of its key. */
    boolean tellsAccepted() {
        return members.containsKey(status < 400 ? "count" : "accepted");
    }

    /** Might the same request be taken another time? So might one whose body did not arrive, and nothing is wrong with its lines. */
    boolean isWorthRepeating() {
        return status == 408 || status == 429 || status >= 500 || problem().equals("body_incomplete");
    }

    /** What kind of problem it is, without what all have in common. */
    String problem() {
        return text("type").replace("urn:gapless:", "");
    }

    long number(String member) {
        String text = members.get(member);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    String text(String member) {
        return members.getOrDefault(member, "");
    }

    /** The problem in one line for people. */
    String why() {
        String detail = text("detail");
        String why = detail.isEmpty() ? text("title") : detail;
        return "status " + status + (isOfGateway() ? " " + problem() : "") + (why.isEmpty() ? "" : ": " + why);
    }
}
