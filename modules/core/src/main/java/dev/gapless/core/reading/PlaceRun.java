package dev.gapless.core.reading;

import dev.gapless.core.delivery.MessageRun;
import dev.gapless.core.place.Places;
import java.util.ArrayList;
import java.util.List;

/** Messages that a subscription is given at once, of one producer or several. */
final class PlaceRun extends MessageRun {
    static final PlaceRun NONE = new PlaceRun(List.of(), 0);

    private final List<GivenPart> parts;

    private PlaceRun(List<GivenPart> parts, int size) {
        super(parts, size);
        this.parts = parts;
    }

    /** These places, behind the first so many of its messages. */
    Places behind(int messages, Places before) {
        Places places = before;
        int left = messages;
        for (GivenPart part : parts) {
            if (left <= 0) {
                break;
            }
            places = part.behind(Math.min(left, part.count()), places);
            left -= part.count();
        }
        return places;
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
            return new PlaceRun(List.copyOf(parts), messages);
        }
    }
}
