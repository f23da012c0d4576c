package dev.gapless.core.reading;

import java.util.List;

/**
 * Anything may be missed, of whichever producer: the subscription is told so by one gap, and goes on at what was the newest of each when that was
 * found.
 *
 * @param losses one for each producer, and in front of them one that has the gap
 * @param past what counts as passed from then on
 */
public record Everything(List<Loss> losses, Past past) {
    public Everything {
        losses = List.copyOf(losses);
    }
}
