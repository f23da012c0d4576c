package dev.gapless;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Position;

/**
 * A producer left in good order: all that it published has been delivered or announced.
 *
 * @param topic the name of the topic
 * @param node its name
 * @param position its last message
 * @param token resumes behind it
 * @param <T> the type of the topic's messages
 */
public record ProducerLeft<T>(String topic, String node, Position position, CursorToken token) implements Event<T> {}
