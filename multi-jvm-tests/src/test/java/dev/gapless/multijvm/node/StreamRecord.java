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
    private long life;
    private boolean lifeKnown;
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
        if (!lifeKnown) {
            life = content.life();
            lifeKnown = true;
        } else if (life != content.life()) {
            violation("the content of another life at " + position);
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

    /** All that one notice says of this producer: a restart is missed in its old epoch, and maybe in the new one too. */
    void gaps(List<Gap> gaps) {
        endRun();
        for (Gap gap : gaps) {
            check(gap);
            done.add(item(gap));
        }
        Position resumes = gaps.get(gaps.size() - 1).resumesAt();
        if (resumes == null) {
            next = 0;
        } else {
            if (!resumes.epoch().toString().equals(epoch)) {
                enter(resumes.epoch().toString());
            }
            next = resumes.sequence();
        }
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
        boolean endsInItsEpoch = resumes != null && resumes.epoch().equals(gap.epoch());
        if (endsInItsEpoch && missed != null && first != null && first + missed != resumes.sequence()) {
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
        lifeKnown = false;
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
