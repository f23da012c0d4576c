package dev.gapless.multijvm.node;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a subscription was given of one producer, as stretches, and whether it adds up. Knows nothing of how Gapless keeps
 * its books: only what an application sees.
 */
final class StreamRecord {
    private final String node;
    private final List<String> violations;
    private final List<Item> done = new ArrayList<>();
    private final Map<Integer, Long> lastIndexes = new HashMap<>();

    private String epoch;
    private long incarnation;
    private boolean incarnationKnown;
    /** The sequence that must come next, or 0 where anything may. */
    private long next;
    /** Begun and not yet ended by something else: a stretch of messages, from this sequence. */
    private long runFirst;

    private long runCount;
    private long runDigest;

    StreamRecord(String node, List<String> violations) {
        this.node = node;
        this.violations = violations;
    }

    void delivered(Position position, Content content) {
        at(position);
        if (!incarnationKnown) {
            incarnation = content.incarnation();
            incarnationKnown = true;
        } else if (incarnation != content.incarnation()) {
            violation("the content of another incarnation at " + position);
        }
        if (content.thread() == 0 && content.index() != position.sequence()) {
            violation("content " + content.index() + " at " + position);
        }
        Long last = lastIndexes.put(content.thread(), content.index());
        if (last != null && last >= content.index()) {
            violation("thread " + content.thread() + " at " + position + " has " + content.index() + " behind " + last);
        }
        runDigest += content.digest(position.sequence());
    }

    /** A message that could not be decoded counts as given. */
    void undecodable(Position position) {
        at(position);
    }

    private void at(Position position) {
        String its = position.epoch().toString();
        long sequence = position.sequence();
        if (epoch == null) {
            enter(its);
        } else if (!epoch.equals(its)) {
            if (next != 0) {
                violation("epoch " + epoch + " turned into " + its + " silently");
            }
            endRun();
            enter(its);
        } else if (next != 0 && sequence != next) {
            violation((sequence < next ? "repeated or out of order: " : "silent gap: ") + position + ", expected "
                    + next);
            endRun();
        }
        if (runCount == 0) {
            runFirst = sequence;
        }
        runCount++;
        next = sequence + 1;
    }

    /** All that one notice says of this producer, each gap of its epoch, in whatever order: the ends first, then what goes on. */
    void gaps(List<Gap> gaps) {
        endRun();
        gaps.stream().filter(gap -> !goesOnInItsEpoch(gap)).forEach(this::ended);
        gaps.stream().filter(StreamRecord::goesOnInItsEpoch).forEach(this::goesOn);
    }

    /** The next epoch, if there is one, goes on from its beginning, unless another gap says that this is missing. */
    private void ended(Gap gap) {
        boolean isIts = gap.epoch() != null && gap.epoch().toString().equals(epoch);
        check(gap);
        done.add(item(gap));
        Position resumes = gap.resumesAt();
        if (resumes != null) {
            enter(resumes.epoch().toString());
            next = resumes.sequence();
        } else if (isIts) {
            next = 0;
        }
    }

    private void goesOn(Gap gap) {
        check(gap);
        done.add(item(gap));
        Position resumes = gap.resumesAt();
        String its = resumes.epoch().toString();
        if (!its.equals(epoch)) {
            if (next != 0) {
                violation("epoch " + epoch + " turned into " + its + " silently");
            }
            enter(its);
        }
        next = resumes.sequence();
    }

    private static boolean goesOnInItsEpoch(Gap gap) {
        return gap.resumesAt() != null && gap.resumesAt().epoch().equals(gap.epoch());
    }

    private void check(Gap gap) {
        Position resumes = gap.resumesAt();
        Long first = gap.firstMissing();
        Long missed = gap.missed();
        boolean goesOn = gap.epoch() != null && gap.epoch().toString().equals(epoch);
        if (goesOn && next != 0 && first != null && first != next) {
            violation("a gap that does not begin at " + next + ": " + gap);
        }
        if (missed != null && (missed <= 0 || first == null)) {
            violation("a gap that says nothing: " + gap);
        }
        if (goesOnInItsEpoch(gap) && missed != null && first != null && first + missed != resumes.sequence()) {
            violation("a gap that does not reach to where it resumes: " + gap);
        }
    }

    private static Item item(Gap gap) {
        Position resumes = gap.resumesAt();
        return new Item(
                Item.GAP,
                gap.epoch() == null ? null : gap.epoch().toString(),
                gap.firstMissing(),
                gap.missed(),
                gap.reason().name(),
                resumes == null ? null : resumes.epoch().toString(),
                resumes == null ? null : resumes.sequence(),
                0);
    }

    void left(Position position) {
        if (next != 0 && (!position.epoch().toString().equals(epoch) || position.sequence() + 1 != next)) {
            violation("left at " + position + ", though " + next + " was to come");
        }
        endRun();
        done.add(new Item(Item.LEFT, position.epoch().toString(), position.sequence(), 1L, null, null, null, 0));
        next = 0;
    }

    List<Item> items() {
        List<Item> items = new ArrayList<>(done);
        if (runCount > 0) {
            items.add(run());
        }
        return items;
    }

    private void enter(String newEpoch) {
        epoch = newEpoch;
        next = 0;
        incarnationKnown = false;
        lastIndexes.clear();
    }

    private void endRun() {
        if (runCount > 0) {
            done.add(run());
            runCount = 0;
            runDigest = 0;
        }
    }

    private Item run() {
        return new Item(Item.DELIVERED, epoch, runFirst, runCount, null, null, null, runDigest);
    }

    private void violation(String what) {
        Recorder.add(violations, node + ": " + what);
    }
}
