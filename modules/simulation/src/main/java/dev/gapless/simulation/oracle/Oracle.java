package dev.gapless.simulation.oracle;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Judges what subscriptions were given and told by what was really published. It shares no code with what it judges, and
 * believes nothing of it: guarantees G1 to G7.
 */
public final class Oracle {
    private final Truth truth;
    private final TopicSettings settings;
    private final boolean faults;
    private final Observer observer;
    private final Need need;

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
    }

    /** A subscription is about to be opened, by this process. */
    public void opened(Witness w, Heard reader) {
        w.reader = reader;
        for (String node : truth.nodes()) {
            w.whenOpened.put(node, truth.now(node));
        }
    }

    // ------------------------------------------------------------------ G4

    /** From now on everything that is published counts; and what was asked for of those who are there. */
    public void ready(Witness w, Heard reader) {
        if (w.ready) {
            return;
        }
        w.ready = true;
        for (String node : truth.nodes()) {
            if (!w.due.containsKey(node)) {
                w.due.put(node, Place.later(start(w, reader, node), w.reflected.get(node)));
            }
        }
    }

    private Place start(Witness w, Heard reader, String node) {
        Place now = truth.now(node);
        if (now.life() < 0) {
            return now;
        }
        Truth.Life life = truth.lives(node).get(now.life());
        boolean since = w.sinceMs != null && reader.knewSince(life.uid, reader.now());
        return new Place(now.life(), since ? life.before(Objects.requireNonNull(w.sinceMs)) : life.head());
    }

    // ------------------------------------------------------------------ G1, G2, G3

    public void given(Witness w, String name, Position position, long content) {
        observer.count("messages: delivered", 1);
        observer.trace(w, () -> "is given " + name + " " + position);
        String node = resolve(name);
        Truth.Life life = lifeOf(w, node, position);
        if (w.pending != null) {
            fail(w, "S2", position + " of " + node + " is given during a reload");
        }
        if (position.sequence() < 1 || position.sequence() > life.head()) {
            fail(w, "G3", position + " of " + node + " was never published, its head is " + life.head());
        }
        if (life.contents.get((int) position.sequence() - 1) != content) {
            fail(w, "G3", position + " of " + node + " has the content " + content);
        }
        w.begun.add(node);
        Place got = w.got.get(node);
        if (got != null && got.isBehind(life.index, position.sequence())) {
            fail(w, "G2", position + " of " + node + " is given again, it has got to " + got);
        }
        Place due = w.due.get(node);
        if (due != null) {
            nothingSkipped(w, node, due, new Place(life.index, position.sequence() - 1), "before", position);
        } else if (w.ready) {
            fail(w, "G4", position + " of " + node + " is given without a start");
        } else if (w.sinceMs != null
                && !begins(w, node, life, w.sinceMs).isBehind(life.index, position.sequence() - 1)) {
            fail(w, "G1", "begins with " + position + " of " + node + ", since " + w.sinceMs);
        }
        Place now = new Place(life.index, position.sequence());
        w.got.put(node, now);
        if (due == null || !due.isBehind(life.index, position.sequence())) {
            isDue(w, node, now);
        }
    }

    /** What it knows of that node first may be from before a reload that it has had: what that one reflects is not due. */
    private static void isDue(Witness w, String node, Place place) {
        w.due.put(node, w.due.containsKey(node) ? place : Place.later(place, w.reflected.get(node)));
    }

    /**
     * A life that is over, and is told of alone, to its last message: others of its node may have been told of before, or come later.
     * Returns whether the gap is of one.
     */
    private boolean isToldAlone(Witness w, String node, Truth.Life life, Gap gap, @Nullable Place got) {
        if (gap.reason() != Reason.PRODUCER_LOST || gap.resumesAt() != null || gap.missed() == null) {
            return false;
        }
        long first = Objects.requireNonNull(gap.firstMissing());
        boolean goesOn = got != null && got.life() == life.index && got.sequence() == first - 1;
        boolean behind = (got != null && got.isBehind(life.index, Place.END))
                || w.ended.getOrDefault(node, -1) >= life.index; // it was told as lost before anybody knew its end
        if (goesOn || (first > 1 && !behind)) {
            return false;
        }
        if (got != null && got.isBehind(life.index, first) && !behind) {
            fail(w, "G2", "is told of what it has got, to " + got + ": " + gap);
        }
        if (first + gap.missed() - 1 != life.head() || !life.isRemoved()) {
            fail(w, "G1", "is told that a life ended which did not end there: " + gap + ", head " + life.head());
        }
        observer.count("expired: a life that is over, told alone", 1);
        if (w.toldAlone.put(life, life.head()) != null) {
            observer.count("limit: told of a life that is over twice", 1);
        }
        w.later.remove(life);
        return true;
    }

    /**
     * The loss of a life whose position a token has under its address, where nobody knows any more that this was all of it: no message is
     * missed, and none comes again.
     */
    private boolean isBehindAll(Witness w, Truth.Life life, Gap gap) {
        boolean behind = gap.missed() == null
                && gap.resumesAt() == null
                && Objects.requireNonNull(gap.firstMissing()) == life.head() + 1
                && life.isRemoved()
                && w.resumed
                && !truth.isNode(Objects.requireNonNull(gap.node()));
        if (behind) {
            observer.count("limit: told that a life is lost of which nothing is missed", 1);
        }
        return behind;
    }

    private static Place begins(Witness w, String node, Truth.Life life, long sinceMs) {
        return Place.later(new Place(life.index, life.before(sinceMs)), w.reflected.get(node));
    }

    /** All that was published behind {@code from} and up to {@code to} must be nothing. */
    private void nothingSkipped(Witness w, String node, Place from, Place to, String when, @Nullable Position at) {
        List<Truth.Life> lives = truth.lives(node);
        for (int i = Math.max(0, from.life()); i <= to.life() && i < lives.size(); i++) {
            Truth.Life life = lives.get(i);
            long behind = i == from.life() ? from.sequence() : 0;
            long last = i == to.life() ? Math.min(to.sequence(), life.head()) : life.owed();
            if (behind >= last || behind >= life.owed()) {
                continue;
            }
            if (w.toldAlone.getOrDefault(life, -1L) >= last) {
                continue;
            }
            if (w.isUnheard(life, behind + 1)) {
                // Nothing that anybody of the reader's cluster got came from there since: no rule could tell.
                observer.count("limit: a cluster that was over before another one had a word of it", 1);
                continue;
            }
            if (at != null && w.mayComeLater(life, lifeOf(w, node, at))) {
                observer.count("limit: life known by its address alone, told behind a later one", 1);
                w.later.put(life, behind);
                continue;
            }
            fail(
                    w,
                    "G1",
                    node + " " + life.epoch + ":" + (behind + 1) + " to " + last + " is neither given nor told " + when
                            + (at == null ? "" : " " + at));
        }
    }

    // ------------------------------------------------------------------ gaps

    /** A reload begins; it counts once it has succeeded (S2). */
    public void missed(Witness w, List<Gap> gaps) {
        observer.trace(w, () -> "is told " + gaps);
        if (gaps.isEmpty()) {
            fail(w, "G1", "is told of nothing");
        }
        if (!faults) {
            gaps.forEach(gap -> mayBeMissedWithoutFaults(w, gap));
        }
        if (w.pending == null) {
            for (Gap gap : gaps) {
                observer.count("expired: " + gap.reason(), 1);
                observer.count(need.of(w, gap, gap.node() == null ? null : nodeOf(gap)) + ", " + gap.reason(), 1);
            }
        } else if (!w.pending.equals(gaps)) {
            fail(w, "S2", "is told something else after a reload that failed");
        }
        w.pending = gaps;
        for (String node : truth.nodes()) {
            w.whenReloadBegan.put(node, truth.now(node));
        }
    }

    /** When nothing goes wrong, who comes from the past, or to a node that was first, may find the ring gone on. */
    private void mayBeMissedWithoutFaults(Witness w, Gap gap) {
        if (gap.node() == null) {
            mayConcernEverybody(w, gap);
            return;
        }
        String node = nodeOf(gap);
        long first = gap.firstMissing() == null ? 1 : gap.firstMissing();
        Place opened = w.whenOpened.getOrDefault(node, Place.NOWHERE);
        boolean fromThePast = w.sinceMs != null || w.resumed || w.earliest;
        boolean past = fromThePast && (first <= opened.sequence() || !w.begun.contains(node));
        boolean cameLater = first == 1 && !w.begun.contains(node);
        if (!past && !cameLater) {
            fail(w, "nothing had gone wrong", "is told of " + gap);
        }
    }

    /** Who comes from the past may be told once that nobody knows who came and went. */
    private static void mayConcernEverybody(Witness w, Gap gap) {
        boolean unknown = gap.reason() == Reason.POSITION_UNKNOWN || gap.reason() == Reason.PRODUCER_LOST;
        boolean mayBe = w.resumed || w.sinceMs != null || w.hasHeardOfOthers();
        if (!unknown || gap.epoch() != null || !mayBe) {
            fail(w, "G1", "is told of a gap without a producer: " + gap);
        }
    }

    public void reloaded(Witness w, @Nullable CursorToken reflects) {
        observer.trace(w, () -> "has reloaded" + (reflects == null ? "" : ", up to " + reflects.positions()));
        Map<String, List<Gap>> byNode = new LinkedHashMap<>();
        for (Gap gap : Objects.requireNonNull(w.pending)) {
            if (gap.node() == null) {
                mayConcernEverybody(w, gap);
                observer.count("expired: without a producer", 1);
                if (!w.resumed && w.sinceMs == null) {
                    observer.count("clusters: another one told as nobody", 1);
                }
                truth.nodes().forEach(node -> isInTheReload(w, node));
                w.later.clear();
                continue;
            }
            List<Gap> gaps = byNode.computeIfAbsent(nodeOf(gap), n -> new ArrayList<>());
            gaps.add(placeOf(gap, gaps), gap);
        }
        w.pending = null;
        byNode.forEach((node, gaps) -> pass(w, node, gaps));
        w.whenReloadBegan.clear();
        if (reflects != null) {
            reflects.positions().forEach((node, position) -> reflected(w, node, position));
        }
    }

    /**
     * In whatever order the gaps of one reload are told, nothing is given between them. A life that never said its name goes under its
     * address, and came before those that did, unless it is the rest of one that a token names. A gap that says nothing but that something
     * is missing begins anywhere.
     */
    private boolean comesFirst(Gap gap) {
        boolean saysNothing = gap.epoch() == null && gap.resumesAt() == null;
        boolean isRest = gap.firstMissing() != null && gap.firstMissing() > 1;
        return saysNothing || (!isRest && !truth.isNode(Objects.requireNonNull(gap.node())));
    }

    private int placeOf(Gap gap, List<Gap> gaps) {
        for (int i = 0; i < gaps.size(); i++) {
            if (isOpenEndOf(gap, gaps.get(i))) {
                return i + 1; // also where one of the two goes under its address
            }
        }
        if (comesFirst(gap)) {
            return 0;
        }
        for (int i = 0; i < gaps.size(); i++) {
            if (isOpenEndOf(gaps.get(i), gap)) {
                return i;
            }
        }
        return gaps.size();
    }

    /** A life may be taken for lost, also by a later one, and then be told in numbers, to its end, by whoever knows that. */
    private static boolean isOpenEndOf(Gap inNumbers, Gap gap) {
        return gap.missed() == null
                && gap.firstMissing() != null
                && inNumbers.missed() != null
                && inNumbers.resumesAt() == null
                && Objects.equals(inNumbers.epoch(), gap.epoch());
    }

    /** It was told as lost before anything of it was given: no token says where it was (rule T2, 14). */
    private static boolean isLostAtItsBeginning(Witness w, String node) {
        Place got = w.got.get(node);
        Integer ended = w.ended.get(node);
        return got != null && got.sequence() == 0 && ended != null && ended >= got.life();
    }

    private void pass(Witness w, String node, List<Gap> gaps) {
        for (int i = 0; i < gaps.size(); i++) {
            Gap gap = gaps.get(i);
            if (gap.firstMissing() != null) {
                passNumbers(w, node, gap);
                Gap next = gap.missed() == null && i + 1 < gaps.size() ? gaps.get(i + 1) : null;
                if (next != null && next.epoch() != null && !next.epoch().equals(gap.epoch())) {
                    // Nobody knows what lies between; unless that is an earlier one, which is told of late.
                    Place begins = new Place(truth.life(node, next.epoch()).index, 0);
                    w.due.put(node, Place.later(begins, w.due.get(node)));
                }
            } else if (gap.resumesAt() == null) {
                w.isToldTheLoss(node, Objects.requireNonNull(gap.node()));
                isInTheReload(w, node);
            } else if (gap.epoch() == null) {
                w.due.put(node, new Place(lifeOf(w, node, gap.resumesAt()).index, 0));
            }
        }
        Gap last = gaps.get(gaps.size() - 1);
        Position resumesAt = last.resumesAt();
        if (resumesAt == null) {
            // Whatever had been published when the reload began is in it; what comes later must come, or be told.
            isInTheReload(w, node);
            w.ended.put(node, truth.now(node).life());
            isToldOnce(w, last);
            return;
        }
        Truth.Life life = lifeOf(w, node, resumesAt);
        Place to = new Place(life.index, resumesAt.sequence() - 1);
        Place got = w.got.get(node);
        boolean unnumbered = last.reason() == Reason.POSITION_UNKNOWN
                || last.epoch() == null
                || (last.firstMissing() == null && (w.lostByAddress.contains(node) || isLostAtItsBeginning(w, node)));
        boolean unknown = unnumbered && got != null && got.sequence() <= to.sequence();
        if (!unknown && got != null && got.life() == to.life() && got.sequence() != to.sequence()) {
            fail(w, "G1", "goes on at " + resumesAt + " of " + node + " having got to " + got + ": " + gaps);
        }
        if (to.sequence() > life.head()) {
            fail(w, "G1", "goes on at " + resumesAt + " of " + node + ", whose head is " + life.head());
        }
        w.got.put(node, to);
        isDueBehind(w, node, to);
        if (gaps.stream().anyMatch(gap -> gap.resumesAt() == null)) {
            isInTheReload(w, node); // a later life, which is told of under its address
        }
    }

    /**
     * A life ends once. One that a token names may be taken for lost, answer after all, and end then; and the feed that whoever comes from
     * the past joins may still wait for one that the members remember.
     */
    private void isToldOnce(Witness w, Gap gap) {
        if (gap.epoch() == null || gap.epoch().equals(Epoch.NONE)) {
            return;
        }
        int most = 1 + (w.resumed || w.sinceMs != null ? 1 : 0);
        if (w.ends.merge(gap.epoch(), 1, Integer::sum) > most) {
            fail(w, "G2", "is told again that " + gap.epoch() + " ended: " + gap);
        }
    }

    /** What had been published when the reload began is in it. */
    private static void isInTheReload(Witness w, String node) {
        Place then = w.whenReloadBegan.getOrDefault(node, Place.NOWHERE);
        Place due = w.due.get(node);
        if (due != null || w.ready) {
            w.due.put(node, Place.later(then, due));
        } else {
            w.reflected.merge(node, then, Place::later); // a later life begins by its own clock
        }
    }

    private void passNumbers(Witness w, String node, Gap gap) {
        long firstMissing = Objects.requireNonNull(gap.firstMissing());
        Position first = new Position(Objects.requireNonNull(gap.epoch()), firstMissing);
        Truth.Life life = lifeOf(w, node, first);
        Place got = w.got.get(node);
        if (isToldAlone(w, node, life, gap, got) || isBehindAll(w, life, gap)) {
            return;
        }
        if (got != null && got.isBehind(life.index, firstMissing)) {
            fail(w, "G2", "misses " + node + " from " + first + ", which it has got: " + got);
        }
        Place due = w.due.get(node);
        if (due != null) {
            nothingSkipped(w, node, due, new Place(life.index, firstMissing - 1), "before the gap at", first);
        }
        if (gap.missed() == null) {
            boolean endKnown =
                    gap.resumesAt() != null && gap.resumesAt().epoch().equals(gap.epoch());
            if (endKnown) {
                fail(w, "G1", "is not told how many it missed: " + gap);
            }
            if (gap.resumesAt() != null) {
                w.got.put(node, new Place(life.index, Place.END));
                // All lives that came and went in between are missed with it.
                w.due.put(node, new Place(lifeOf(w, node, gap.resumesAt()).index, 0));
            }
            return;
        }
        long lastMissed = firstMissing + gap.missed() - 1;
        if (gap.missed() < 1 || lastMissed > life.head()) {
            fail(w, "G1", "is told that it missed up to " + lastMissed + ", the head is " + life.head() + ": " + gap);
        }
        observer.count("messages: announced as missed", gap.missed());
        Place to = new Place(life.index, lastMissed);
        w.got.put(node, to);
        isDueBehind(w, node, to);
    }

    /** Of a later life, of which it was told before under its address, nothing has to come again. */
    private static void isDueBehind(Witness w, String node, Place to) {
        Place due = w.due.get(node);
        if (due == null || due.life() <= to.life()) {
            isDue(w, node, to);
        }
    }

    /** What the source of truth reflects, as far as it was ever published, need not come any more; what was given must not come again either way. */
    private void reflected(Witness w, String node, @Nullable Position position) {
        if (position == null) {
            return;
        }
        Truth.Life life = truth.life(node, position.epoch());
        Place due = w.due.get(node);
        Place there = new Place(life.index, Math.min(position.sequence(), life.head()));
        if (due == null) {
            w.reflected.merge(node, there, Place::later);
        } else {
            w.due.put(node, Place.later(due, there));
        }
    }

    // ------------------------------------------------------------------ the end of a producer

    public void left(Witness w, String name, @Nullable Position position) {
        if (position == null) {
            throw new Violation("C6: " + name + " is said to have left somewhere");
        }
        String node = resolve(name);
        observer.count("subscription: told that a producer left", 1);
        observer.trace(w, () -> "is told that " + node + " left at " + position);
        Truth.Life life = lifeOf(w, node, position);
        if (!life.left) {
            fail(w, "C6", node + " is said to have left in good order, and did not");
        }
        if (position.sequence() != life.head()) {
            fail(w, "C6", node + " is said to have left at " + position + ", its head was " + life.head());
        }
        Place end = new Place(life.index, life.head());
        Place due = w.due.get(node);
        if (due != null) {
            nothingSkipped(w, node, due, end, "before it left at", position);
        }
        // Of a later life it may have been told before, under its address; and of this one alone, ahead of an earlier
        // one.
        if (!w.toldAlone.containsKey(life)) {
            w.got.put(node, Place.later(end, w.got.get(node)));
        }
        isDue(w, node, Place.later(end, due));
        w.ended.merge(node, life.index, Math::max);
    }

    // ------------------------------------------------------------------ G6, G5

    /** Faults are over, and the time for it is up: it has got, or was told of, everything. */
    public void isLevel(Witness w) {
        if (!w.ready) {
            fail(w, "G6", "is not ready");
        }
        if (w.pending != null) {
            fail(w, "G6", "is still reloading");
        }
        for (String node : truth.nodes()) {
            nothingSkipped(w, node, w.due.getOrDefault(node, Place.NOWHERE), truth.now(node), "at the end (G6)", null);
            isToldTheEnd(w, node);
        }
        w.later.entrySet().removeIf(later -> w.isUnheard(later.getKey(), later.getValue() + 1));
        w.later.keySet().stream().findAny().ifPresent(life -> {
            fail(w, "G1", life.node + " " + life.epoch + " was left out when a later life came, and never told");
        });
    }

    /** A producer that is gone for good has been announced to whoever was given something of it. */
    private void isToldTheEnd(Witness w, String node) {
        Place got = w.got.get(node);
        Place now = truth.now(node);
        boolean gone = now.life() >= 0 && truth.lives(node).get(now.life()).isRemoved();
        if (gone
                && got != null
                && got.sequence() > 0
                && got.life() == now.life()
                && w.ended.getOrDefault(node, -1) < now.life()) {
            fail(w, "G6", "got to " + got + " of " + node + ", which is gone, and is not told so");
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

    // ------------------------------------------------------------------

    private String nodeOf(Gap gap) {
        return resolve(Objects.requireNonNull(gap.node()));
    }

    private String resolve(String name) {
        int port = name.indexOf(':');
        String node = port < 0 ? name : name.substring(0, port);
        if (!truth.isNode(node)) {
            throw new Violation("G3: there is no node " + name);
        }
        return node;
    }

    private Truth.Life lifeOf(Witness w, String node, Position position) {
        Truth.Life life = truth.life(node, position.epoch());
        if (!life.node.equals(node)) {
            fail(w, "G3", position + " is none of " + node + ", but of " + life.node);
        }
        return life;
    }

    private static void fail(Witness w, String guarantee, String what) {
        throw new Violation(guarantee + ": " + w + ": " + what);
    }
}
