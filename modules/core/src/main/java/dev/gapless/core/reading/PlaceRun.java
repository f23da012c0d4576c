package dev.gapless.core.reading;

import dev.gapless.core.delivery.MessageRun;
import java.util.ArrayList;
import java.util.List;

/** Messages that a subscription is given at once, of one producer or several. */
final class PlaceRun extends MessageRun {
    static final PlaceRun NONE = new PlaceRun(List.of(), PlacePath.NONE, 0);

    private final PlacePath path;

    private PlaceRun(List<GivenPart> parts, PlacePath path, int size) {
        super(parts, size);
        this.path = path;
    }

    /** Where it leads. */
    PlacePath path() {
        return path;
    }

    /** Collects them. */
    static final class Builder {
        private final long mostBytes;
        private final List<GivenPart> parts = new ArrayList<>(1);
        private int messages;
        private long bytes;

        Builder(long mostBytes) {
            this.mostBytes = mostBytes;
        }

        boolean isFull() {
            return bytes >= mostBytes;
        }

        boolean isEmpty() {
            return parts.isEmpty();
        }

        void add(GivenPart part) {
            parts.add(part);
            messages += part.count();
            bytes += part.slice().sizeBytes();
        }

        PlaceRun build() {
            if (parts.size() == 1) { // as a rule
                GivenPart only = parts.get(0);
                return new PlaceRun(List.of(only), new PlacePath(List.of(only.leg())), messages);
            }
            List<PlacePath.Leg> legs = parts.stream().map(GivenPart::leg).toList();
            return new PlaceRun(List.copyOf(parts), new PlacePath(legs), messages);
        }
    }
}
