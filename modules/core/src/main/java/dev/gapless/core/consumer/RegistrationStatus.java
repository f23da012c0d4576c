package dev.gapless.core.consumer;

import dev.gapless.core.Position;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer knows of one producer, for people.
 *
 * @param node the producer's name
 * @param phase UNNAMED, REGISTERING, LIVE, LEFT, WAITING or LOST
 * @param position how far the feed has got
 */
public record RegistrationStatus(
        String node, String phase, @Nullable Position position) {}
