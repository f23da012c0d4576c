package dev.gapless.simulation.oracle;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges what subscriptions were given and told by what was really published: guarantees G1 to G7, stream by stream. It shares no code with
 * what it judges, and believes nothing of it.
 */
public final class Oracle {
    private final Truth truth;
    private final TopicSettings settings;
    private final boolean faults;
    private final Observer observer;
    private final Need need;
    private final Streams streams;
    private final Notices notices;

    /**
     * A judge.
     *
     * @param faults whether anything may go wrong; if not, next to nothing may be missed
     */
    public Oracle(Truth truth, TopicSettings settings, boolean faults, Observer observer) {
        this.truth = truth;
        this.settings = settings;
        this.faults = faults;
        this.observer = observer;
        this.need = new Need(truth);
        this.streams = new Streams(truth, observer);
        this.notices = new Notices(truth, streams, observer);
    }

    /** A subscription is about to be opened, by this process. */
    public void opened(Witness w, Heard reader) {
        w.reader = reader;
        truth.lives().forEach(life -> w.whenOpened.put(life.epoch, life.head()));
    }

    // ------------------------------------------------------------------ G4

    /** From now on everything that is published counts; and what was asked for of those who are there. */
    public void ready(Witness w, Heard reader) {
        if (!w.ready) {
            w.ready = true;
            truth.lives().forEach(life -> w.put(life, w.of(life).beginsBehind(start(w, reader, life))));
        }
    }

    private static long start(Witness w, Heard reader, Truth.Life life) {
        if (w.cameAfterTheToken(life)) {
            return 0;
        }
        return w.sinceMs != null && reader.knows(life.uid) ? life.before(w.sinceMs) : life.head();
    }

    // ------------------------------------------------------------------ G1, G2, G3

    public void given(Witness w, String name, Position position, long content) {
        observer.count("messages: delivered", 1);
        observer.trace(w, () -> "is given " + name + " " + position);
        Truth.Life life = streams.of(w, name, position.epoch());
        if (w.pending != null) {
            Streams.fail(w, "S2", position + " of " + name + " is given during a reload");
        }
        isPublished(w, life, position, content);
        if (position.sequence() <= w.of(life).got()) {
            Streams.fail(
                    w,
                    "G2",
                    position + " of " + name + " is given again, it has got to "
                            + w.of(life).got());
        }
        Streams.goesOn(w, life);
        streams.nothingSkipped(w, life, position.sequence() - 1, "before " + position);
        earlierOnesAreSettled(w, life);
        w.begun.add(life.node);
        Account now = w.of(life).hasGot(position.sequence());
        w.put(life, name.equals(life.node) ? now.goesByItsName() : now);
    }

    private static void isPublished(Witness w, Truth.Life life, Position position, long content) {
        if (position.sequence() < 1 || position.sequence() > life.head()) {
            Streams.fail(w, "G3", position + " was never published, the head is " + life.head());
        }
        if (life.contents.get((int) position.sequence() - 1) != content) {
            Streams.fail(w, "G3", position + " has the content " + content);
        }
    }

    /**
     * M2: an incarnation ends before anything of its successor is given. That holds for one whose name the subscription knows, since it was
     * given something under that name. Of others nobody knows that they were the node's.
     */
    private void earlierOnesAreSettled(Witness w, Truth.Life life) {
        for (Truth.Life earlier : truth.lives(life.node)) {
            if (earlier == life) {
                return;
            }
            Account account = w.of(earlier);
            if (account.named() && !account.over() && earlier.isRemoved() && Streams.lacks(w, earlier)) {
                Streams.fail(w, "M2", "is given something of " + life + " and was not told all of " + earlier);
            }
        }
    }

    // ------------------------------------------------------------------ gaps

    /** A reload begins; it counts once it has succeeded (S2). */
    public void missed(Witness w, List<Gap> gaps) {
        observer.trace(w, () -> "is told " + gaps);
        if (gaps.isEmpty()) {
            Streams.fail(w, "G1", "is told of nothing");
        }
        if (!faults) {
            gaps.forEach(gap -> mayBeMissedWithoutFaults(w, gap));
        }
        if (w.pending == null) {
            gaps.forEach(gap -> observer.count("expired: " + gap.reason(), 1));
            need.of(w, gaps).forEach(what -> observer.count(what, 1));
        } else if (!w.pending.equals(gaps)) {
            Streams.fail(w, "S2", "is told something else after a reload that failed");
        }
        w.pending = gaps;
        truth.lives().forEach(life -> w.whenReloadBegan.put(life.epoch, life.head()));
    }

    /** When nothing goes wrong, who comes from the past, or to a node that was first, may find the ring gone on. */
    private void mayBeMissedWithoutFaults(Witness w, Gap gap) {
        if (gap.node() == null) {
            notices.mayConcernEverybody(w, gap);
            return;
        }
        long first = gap.firstMissing() == null ? 1 : gap.firstMissing();
        Epoch epoch = gap.epoch();
        boolean wasThere = epoch != null && first <= w.whenOpened.getOrDefault(epoch, 0L);
        boolean begun = w.begun.contains(streams.nodeOf(gap.node()));
        boolean past = (w.comesFromThePast() || w.earliest) && (wasThere || !begun);
        boolean cameLater = first == 1 && !begun;
        if (!past && !cameLater) {
            Streams.fail(w, "nothing had gone wrong", "is told of " + gap);
        }
    }

    public void reloaded(Witness w, @Nullable CursorToken reflects) {
        observer.trace(w, () -> "has reloaded" + (reflects == null ? "" : ", up to " + reflects.positions()));
        List<Gap> gaps = Objects.requireNonNull(w.pending);
        w.pending = null;
        notices.areTold(w, gaps);
        w.whenReloadBegan.clear();
        if (reflects != null) {
            reflects.positions().forEach((node, position) -> reflected(w, node, position));
        }
    }

    /** What the source of truth reflects, as far as it was ever published, need not come any more. */
    private void reflected(Witness w, String node, @Nullable Position position) {
        if (position != null) {
            Truth.Life life = streams.of(w, node, position.epoch());
            w.put(life, w.of(life).covers(Math.min(position.sequence(), life.head())));
        }
    }

    // ------------------------------------------------------------------ the end of a producer

    public void left(Witness w, String name, @Nullable Position position) {
        if (position == null) {
            throw new Violation("C6: " + name + " is said to have left somewhere");
        }
        observer.count("subscription: told that a producer left", 1);
        observer.trace(w, () -> "is told that " + name + " left at " + position);
        Truth.Life life = streams.of(w, name, position.epoch());
        if (!life.left) {
            Streams.fail(w, "C6", name + " is said to have left in good order, and did not");
        }
        if (position.sequence() != life.head()) {
            Streams.fail(w, "C6", name + " is said to have left at " + position + ", its head was " + life.head());
        }
        streams.nothingSkipped(w, life, life.head(), "before it left at " + position);
        Streams.isToldOnce(w, life.epoch);
        w.put(life, w.of(life).hasGot(life.head()).isOver());
    }

    // ------------------------------------------------------------------ G6, G5

    /** Faults are over, and the time for it is up: it has got, or was told of, everything. */
    public void isLevel(Witness w) {
        if (!w.ready) {
            Streams.fail(w, "G6", "is not ready");
        }
        if (w.pending != null) {
            Streams.fail(w, "G6", "is still reloading");
        }
        for (Truth.Life life : truth.lives()) {
            streams.nothingSkipped(w, life, life.owed(), "at the end (G6)");
            isToldTheEnd(w, life);
        }
    }

    /** A producer that is gone for good has been announced to whoever was given something of it. */
    private static void isToldTheEnd(Witness w, Truth.Life life) {
        Account account = w.of(life);
        if (life.isRemoved() && account.got() > 0 && !account.over()) {
            Streams.fail(w, "G6", "got to " + account.got() + " of " + life + ", which is gone, and is not told so");
        }
    }

    /** A log holds no more than it may. */
    public void isBounded(String what, int messages, long bytes) {
        isWithin(what, messages, bytes, settings.bufferMessages(), settings.bufferBytes());
    }

    /** In a feed, what was granted to each sender, and one batch of each, may come on top: with backpressure, or while it is behind. */
    public void isBounded(String what, int messages, long bytes, int senders, long largestEntryBytes) {
        boolean waits = settings.backpressure() || settings.feedHoldNs() > 0;
        long onTop = waits ? settings.windowBytes() + settings.batchBytes() : 0;
        long smallest = 8 + 64;
        long mostMessages = settings.mostInFeed() + 2L * senders * (onTop / smallest + 1);
        long mostBytes = settings.mostBytesInFeed() + senders * 2L * (onTop + largestEntryBytes);
        isWithin(what, messages, bytes, mostMessages, mostBytes);
    }

    private static void isWithin(String what, int messages, long bytes, long mostMessages, long mostBytes) {
        if (bytes > mostBytes || messages > mostMessages) {
            throw new Violation("G5: " + what + " holds " + messages + " entries, " + bytes + " bytes");
        }
    }
}
