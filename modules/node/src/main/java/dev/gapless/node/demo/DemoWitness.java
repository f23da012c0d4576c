package dev.gapless.node.demo;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks what one subscriber was given and told against what was published: every message, in order, once, unchanged, or
 * covered by a notice before the first one after it. It counts by itself, from the messages' own numbers.
 *
 * <p>The subscriber was ready before the producer began, so it begins with the first message.
 */
final class DemoWitness {
    private final String name;
    private final Published published;
    private final Map<Epoch, Long> incarnations = new HashMap<>();
    private final List<Lost> ends = new ArrayList<>();
    private final List<Content> contents = new ArrayList<>();
    private final Map<Reason, Integer> notices = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    private @Nullable Epoch epoch;
    /** The number that must come next, in this epoch. */
    private long next = 1;
    /** A notice without an end: a new epoch begins with its first message. */
    private boolean open;

    private long delivered;
    private long announced;
    private long silent;
    private long duplicates;
    private long altered;

    /** An incarnation of which nothing more is expected, by a notice: what it published from a number on was announced. */
    private record Lost(@Nullable Epoch epoch, long from) {}

    /** What was in a message. */
    private record Content(long incarnation, long number, int checksum) {}

    DemoWitness(String name, Published published) {
        this.name = name;
        this.published = published;
    }

    void got(Position position, long incarnation, long number, int checksum) {
        Epoch of = position.epoch();
        published.delivered(incarnation, number);
        contents.add(new Content(incarnation, number, checksum));
        if (number != position.sequence()) {
            altered++;
            violation("message " + number + " of process " + incarnation + " has sequence " + position.sequence());
        }
        Long known = incarnations.putIfAbsent(of, incarnation);
        if (known != null && known != incarnation) {
            violation("epoch " + of + " is used by two processes");
        }
        if (!of.equals(epoch)) {
            if (epoch != null && !open) {
                silent += Math.max(1, published.count(incarnationOf(epoch)) - (next - 1));
                violation("went on in epoch " + of + " without a notice");
            }
            epoch = of;
            open = false;
            next = 1;
        }
        if (number < next) {
            duplicates++;
            violation("message " + number + " came again");
            return;
        }
        if (number > next) {
            silent += number - next;
            violation("messages " + next + " to " + (number - 1) + " are missing without a notice");
        }
        next = number + 1;
        delivered++;
    }

    void expired(Gap gap) {
        notices.merge(gap.reason(), 1, Integer::sum);
        Long first = gap.firstMissing();
        Position resumes = gap.resumesAt();
        if (epoch != null && gap.epoch() != null && !gap.epoch().equals(epoch)) {
            violation("a notice speaks of epoch " + gap.epoch() + ", this is " + epoch);
        }
        if (first != null && first != next) {
            violation("a notice begins at " + first + ", the next message was " + next);
        }
        if (resumes == null) {
            ends.add(new Lost(epoch, next));
            open = true;
        } else if (resumes.epoch().equals(epoch)) {
            long missed = resumes.sequence() - next;
            if (missed < 1 || gap.missed() == null || gap.missed() != missed) {
                violation("a notice says that " + gap.missed() + " are missing up to " + resumes.sequence() + ", it is "
                        + missed);
            }
            announced += Math.max(0, missed);
            next = resumes.sequence();
        } else {
            if (!open) {
                ends.add(new Lost(epoch, next));
            }
            open = false;
            epoch = resumes.epoch();
            next = resumes.sequence();
            announced += next - 1;
        }
    }

    /** Nothing more is published, and nothing more will come. */
    void finish() {
        for (Content content : contents) {
            if (!published.matches(content.incarnation, content.number, content.checksum)) {
                altered++;
                violation("message " + content.number + " of process " + content.incarnation
                        + " is not what was published");
            }
        }
        for (Lost lost : ends) {
            announced += Math.max(0, published.count(incarnationOf(lost.epoch)) - (lost.from - 1));
        }
        if (!open) {
            long missing = published.count(incarnationOf(epoch)) - (next - 1);
            if (missing > 0) {
                silent += missing;
                violation("the last " + missing + " messages did not come");
            }
        }
        long total = delivered + announced + silent;
        if (total != published.total()) {
            violation("delivered and announced are " + total + ", published were " + published.total());
        }
    }

    private long incarnationOf(@Nullable Epoch of) {
        return of == null ? 0 : incarnations.getOrDefault(of, 0L);
    }

    private void violation(String what) {
        violations.add(name + ": " + what);
    }

    /** Has it got this message of this process, or one after it? */
    boolean has(long incarnation, long number) {
        return epoch != null && incarnationOf(epoch) == incarnation && next > number;
    }

    int notices(Reason reason) {
        return notices.getOrDefault(reason, 0);
    }

    List<String> violations() {
        return violations;
    }

    long delivered() {
        return delivered;
    }

    long announced() {
        return announced;
    }

    long silent() {
        return silent;
    }

    long duplicates() {
        return duplicates;
    }

    long altered() {
        return altered;
    }
}
