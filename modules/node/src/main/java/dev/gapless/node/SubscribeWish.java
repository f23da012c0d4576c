package dev.gapless.node;

import dev.gapless.core.CursorToken;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code subscribe} is to print.
 *
 * @param from START, as it was written
 * @param nodes none are all
 * @param keys none are all
 * @param count ends after so many messages
 * @param tokenFile null if no token is kept
 */
record SubscribeWish(
        String topic,
        String from,
        List<String> nodes,
        List<String> keys,
        long count,
        @Nullable Path tokenFile) {

    /** The file that keeps the token; null if none does. */
    @Nullable TokenFile tokens() {
        return tokenFile == null ? null : new TokenFile(tokenFile);
    }

    /** The token of the last run; null if there is none. Throws Failure if it is of another topic. */
    @Nullable CursorToken resume(@Nullable TokenFile tokens) {
        CursorToken token = tokens == null ? null : tokens.read();
        if (token != null && !token.topic().equals(topic)) {
            throw new Failure("--token-file " + tokenFile + ": its token is of topic '" + token.topic() + "'");
        }
        return token;
    }
}
