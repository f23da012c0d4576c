package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.time.Instant;
import java.util.List;

/**
 * Messages were missed: reload the state from its source of truth. Whatever comes after this event was published after what
 * is missing.
 *
 * <pre>{@code
 * for (Gap gap : expired.gaps()) {
 *     log.warn("Missed {} of {}: {}", gap.missed() == null ? "some" : gap.missed(), gap.node(), gap.reason());
 * }
 * }</pre>
 *
 * @param topic the name of the topic
 * @param time when this node learned of it
 * @param gaps in the order of their nodes' names; none for the first load of {@link SubscriptionSettings#loadFirst}
 * @param token resumes in front of it
 * @param <T> the type of the topic's messages
 */
public record CursorExpired<T>(String topic, Instant time, List<Gap> gaps, CursorToken token) implements Event<T> {}
