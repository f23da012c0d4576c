package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Gap;
import java.time.Instant;
import java.util.List;

/**
 * Messages were missed: reload the state from its source of truth. Whatever comes after this event was published after what
 * is missing.
 *
 * @param time when this node learned of it
 * @param gaps at least one
 * @param token resumes in front of it
 */
public record CursorExpired<T>(String topic, Instant time, List<Gap> gaps, CursorToken token) implements Event<T> {}
