package dev.gapless.gateway.internal.web;

import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.publish.JsonPublisher;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request is for: a fixed path, or a topic and what of it. Segments are taken as they were sent, and decoded once: a topic with a
 * slash is sent as {@code %2F}, and nothing is ever normalized.
 *
 * @param topic null for a fixed path
 */
record Target(String path, @Nullable String topic) {
    private static final String TOPICS = "/api/topics/";

    /** Throws {@link RequestException} for a topic that has no such name. */
    static Target of(String rawPath) {
        if (!rawPath.startsWith(TOPICS)) {
            return new Target(rawPath, null);
        }
        List<String> rest = List.of(rawPath.substring(TOPICS.length()).split("/", -1));
        if (rest.size() != 2) {
            return new Target(rawPath, null);
        }
        return new Target(
                TOPICS + "{topic}/" + rest.get(1),
                JsonPublisher.topic(decoded(rest.get(0))).name());
    }

    private static String decoded(String segment) {
        byte[] bytes = new byte[segment.length() * 3];
        int count = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == ';') {
                throw bad("a topic in a path has %3B for a semicolon", null);
            } else if (c == '%') {
                if (i + 2 >= segment.length()) {
                    throw bad("the path ends within an escape", null);
                }
                int high = Character.digit(segment.charAt(i + 1), 16);
                int low = Character.digit(segment.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    throw bad("the path has an escape that is none", null);
                }
                bytes[count++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
                    bytes[count++] = b;
                }
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, count))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("a topic in a path is UTF-8", e);
        }
    }

    private static RequestException bad(String why, @Nullable Exception cause) {
        return cause == null
                ? new RequestException(Kind.UNKNOWN_TOPIC, why)
                : new RequestException(Kind.UNKNOWN_TOPIC, why, cause);
    }
}
