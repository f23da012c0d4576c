package dev.gapless.core.consumer;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.EarlierStreams;
import dev.gapless.core.feed.End;
import dev.gapless.core.feed.EndedStreams;
import dev.gapless.core.feed.Frontier;
import dev.gapless.core.feed.Place;
import dev.gapless.core.feed.Stream;
import dev.gapless.core.feed.StreamsView;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of a topic's streams: whose incarnation is a member, which have no member any more and are waited for, and how those
 * ended that are over. It is the same for all readers of the topic.
 *
 * <pre>
 *   member ──removed──► waited for ──farewell, successor, too long──► settled ──read by all──► (nothing)
 *      │                    ▲                                            ▲
 *      └────────────────────┼── removed with a farewell ─────────────────┘
 *                 named by a token alone
 * </pre>
 *
 * <p>Not thread-safe; any thread may ask for {@link #known}.
 */
final class Streams {
    private static final long NS_PER_MS = 1_000_000;

    /** So many that are over are remembered for subscriptions that wait. */
    private static final int MOST_SETTLED = 1_000;

    private final String topic;
    private final TopicSettings settings;

    private final Map<Epoch, Stream> members = new LinkedHashMap<>();
    /** Since when those run that have said their names, by the cluster's time. */
    private final Map<Epoch, Long> named = new HashMap<>();

    private final Map<Epoch, Waited> waited = new LinkedHashMap<>();
    private final Map<Epoch, Settled> settled = new LinkedHashMap<>();
    /** Of which it was heard whether they are stored. */
    private final Map<Epoch, Boolean> durable = new HashMap<>();
    /** How much they published that left in good order, and are members yet. */
    private final Map<Epoch, Long> left = new HashMap<>();

    /** Of those that the history remembers: those whose end this node has seen, or that ended before it was there. */
    private final Set<Epoch> heard = new HashSet<>();

    private final StoredLogs logs = new StoredLogs();

    private long forgotten;
    private EndedStreams remembered = EndedStreams.NOTHING;
    private long notices;
    private volatile StreamsView known = StreamsView.NOTHING;
    /** Is one waited for that {@link #known} does not have? */
    private boolean expectsMore;

    /**
     * One that is waited for.
     *
     * @param removedMs when its member was removed, by the cluster's time; {@code Long.MAX_VALUE} if it was none here
     * @param dueNs until when
     * @param end how it ends if it is waited for in vain
     * @param heard the highest sequence that a reader has heard of
     */
    private record Waited(Stream stream, long removedMs, long sinceMs, long dueNs, End end, long heard) {
        Waited until(long nextNs) {
            return new Waited(stream, removedMs, sinceMs, nextNs, end, heard);
        }

        Waited of(Stream named) {
            return new Waited(named, removedMs, sinceMs, dueNs, end, heard);
        }

        Waited ending(End its) {
            return new Waited(stream, removedMs, sinceMs, dueNs, its, Math.max(heard, its.head()));
        }

        Waited with(long sequence) {
            return new Waited(stream, removedMs, sinceMs, dueNs, end, Math.max(heard, sequence));
        }

        boolean wasMember() {
            return removedMs != Long.MAX_VALUE;
        }
    }

    /**
     * One that is over.
     *
     * @param settledMs since when it is over, by the cluster's time
     */
    record Settled(Stream stream, End end, long removedMs, long settledMs) {
        boolean wasMember() {
            return removedMs != Long.MAX_VALUE;
        }
    }

    Streams(String topic, TopicSettings settings) {
        this.topic = topic;
        this.settings = settings;
    }

    /** What any thread may know, as of the last {@link #publish}. */
    StreamsView known() {
        return known;
    }

    /** Tells all threads what is expected, if they do not know. Before anything of it can be read. */
    void publishExpected() {
        if (expectsMore) {
            publish();
        }
    }

    /** Tells all threads. */
    void publish() {
        expectsMore = false;
        logs.forget(this::isUnknown);
        Map<Epoch, Stream> open = new HashMap<>(members);
        Map<Epoch, Long> removed = new HashMap<>();
        waited.forEach((epoch, one) -> {
            if (one.wasMember()) {
                open.put(epoch, one.stream());
                removed.put(epoch, one.removedMs());
            }
        });
        Set<Epoch> strangers = new HashSet<>();
        waited.forEach((epoch, one) -> {
            if (!one.wasMember()) {
                strangers.add(epoch);
            }
        });
        settled.forEach((epoch, one) -> {
            if (one.wasMember()) {
                removed.put(epoch, one.removedMs());
            } else {
                strangers.add(epoch);
            }
        });
        known = new StreamsView(
                open, removed, settled.keySet(), strangers, unheard(), remembered, stored(removed.keySet()), notices);
    }

    HistoryView history() {
        return remembered.history();
    }

    /** The incarnations that ended, as the members remember them. */
    EndedStreams remembered() {
        return remembered;
    }

    // ------------------------------------------------------------------ members

    /** A member came. {@return its stream} */
    Stream appeared(long uid, String address) {
        Stream stream = Stream.of(uid, topic, address);
        members.put(stream.epoch(), stream);
        waited.remove(stream.epoch());
        settled.remove(stream.epoch()); // a token named it, and this node had not heard of it yet
        return stream;
    }

    /**
     * A member said its name.
     *
     * @param sinceMs since when it runs, by the cluster's time
     * @return its stream; null if it is none
     */
    @Nullable Stream named(long uid, String node, long sinceMs) {
        Stream stream = Stream.of(uid, topic, node);
        if (members.replace(stream.epoch(), stream) == null) {
            return null;
        }
        named.put(stream.epoch(), sinceMs);
        logs.comes(stream, former(node).map(Stream::epoch).collect(Collectors.toSet()));
        return stream;
    }

    /** A member was removed. {@return its stream; null if it was none} */
    @Nullable Stream removed(long uid) {
        Epoch epoch = Epoch.of(uid, topic);
        heard.add(epoch);
        return members.remove(epoch);
    }

    /** How that one ended, if it is known; {@code null} if its node may come back. */
    @Nullable End endOf(Stream removed, @Nullable Map<Epoch, Long> published, boolean mute, Now now) {
        Epoch epoch = removed.epoch();
        boolean hadName = named.containsKey(epoch);
        Long head = left.remove(epoch);
        if (published != null) {
            head = published.getOrDefault(epoch, 0L);
        } else if (mute) {
            head = 0L;
        } else if (head == null && !hadName) {
            EndedStreams.Gone gone = remembered.get(epoch);
            head = gone == null ? null : gone.head(); // another member heard its farewell
        }
        boolean mayReturn = hadName || isDurable(epoch); // a later incarnation's log says whose it was
        return head != null ? End.exact(head, now.ms()) : mayReturn ? null : End.lost(now.ms());
    }

    /** It left in good order, and will be removed. */
    void left(Epoch stream, long head) {
        if (members.containsKey(stream)) {
            left.put(stream, head);
        }
    }

    boolean hasLeft(Epoch stream) {
        return left.containsKey(stream);
    }

    Collection<Stream> members() {
        return members.values();
    }

    /** Members that have said their names. */
    List<Stream> named() {
        return members.values().stream()
                .filter(member -> named.containsKey(member.epoch()))
                .toList();
    }

    boolean isNamed(Stream member) {
        return named.containsKey(member.epoch());
    }

    /** Since when the incarnation runs, by the cluster's time; {@code Long.MIN_VALUE} if it has not said so. */
    long sinceMs(Stream stream) {
        Waited one = waited.get(stream.epoch());
        return one == null ? named.getOrDefault(stream.epoch(), Long.MIN_VALUE) : one.sinceMs();
    }

    /** A member's log has these streams of earlier incarnations, the oldest first. */
    void hasInItsLog(Stream member, List<LogIdentity.Earlier> earlier) {
        if (members.containsKey(member.epoch()) && logs.add(member, earlier, topic)) {
            publish();
        }
    }

    /** What logs have of earlier streams, those of members that were removed among them. */
    private EarlierStreams stored(Set<Epoch> removed) {
        if (logs.isEmpty()) {
            return EarlierStreams.NONE;
        }
        Set<Epoch> inMemory =
                removed.stream().filter(epoch -> !isDurable(epoch)).collect(Collectors.toSet());
        return logs.view(members.keySet(), inMemory);
    }

    /** Those that are stored of members of that name that were removed, and of those without a name. */
    private java.util.stream.Stream<Stream> former(String node) {
        return java.util.stream.Stream.concat(
                        waited.values().stream().filter(Waited::wasMember).map(Waited::stream),
                        settled.values().stream().filter(Settled::wasMember).map(Settled::stream))
                .filter(one ->
                        isDurable(one.epoch()) && (one.isUnnamed() || one.node().equals(node)));
    }

    /** Does a log have the one in front of the other, as its member said? */
    boolean isInFront(Epoch stream, Epoch other) {
        return logs.behind(stream).contains(other);
    }

    /** What lies behind that stream in logs, as their members said. */
    Set<Epoch> behind(Epoch stream) {
        return logs.behind(stream);
    }

    @Nullable Stream member(Epoch epoch) {
        return members.get(epoch);
    }

    // ------------------------------------------------------------------ those that are waited for

    /**
     * Its node may come back, and say what becomes of it.
     *
     * @param end how it ends if it is waited for in vain
     */
    void waitFor(Stream removed, End end, Now now) {
        long dueNs = now.ns() + returnNs(removed.epoch());
        waited.put(
                removed.epoch(),
                new Waited(removed, removedMs(removed, now), sinceMs(removed), dueNs, end, Math.max(0, end.head())));
    }

    /** A producer said whether it is stored. */
    void setDurable(Epoch stream, boolean isDurable) {
        durable.put(stream, isDurable);
    }

    /** Is it stored, so that a later incarnation of its node may have it? If nobody said so, the topic's own settings count. */
    boolean isDurable(Epoch stream) {
        return durable.getOrDefault(stream, settings.durable());
    }

    private long returnNs(Epoch stream) {
        return isDurable(stream) ? settings.durableReturnNs() : settings.producerReturnNs();
    }

    /** Whose it is, as the log of a later incarnation says. */
    void label(Stream named) {
        waited.computeIfPresent(named.epoch(), (epoch, one) -> one.of(named));
    }

    /** That is how it ends if it is waited for in vain. */
    void endsSo(Epoch stream, End end) {
        waited.computeIfPresent(stream, (epoch, one) -> one.ending(end));
    }

    /** A reader has heard of this sequence of one that is waited for. */
    void heardOf(Epoch stream, long sequence) {
        waited.computeIfPresent(stream, (epoch, one) -> one.with(sequence));
    }

    /** The highest sequence of one that is waited for of which anybody here has heard. */
    long heard(Epoch stream) {
        Waited one = waited.get(stream);
        return one == null ? 0 : one.heard();
    }

    /** Those are waited for once more of which their node's store may have what lies between the place and the end. */
    void expectMore(Frontier from, Now now) {
        for (Settled one : settled.values()) {
            Place place = from.get(one.stream());
            if (place != null && !place.over() && mayHaveMore(one, place)) {
                expect(place.stream(), now);
            }
        }
    }

    private boolean mayHaveMore(Settled one, Place place) {
        Epoch epoch = place.stream().epoch();
        boolean isLacked = one.end().isOpen()
                ? logs.contains(epoch)
                : Math.max(0, place.sequence()) < one.end().head();
        return isLacked && isDurable(epoch) && !members.containsKey(epoch); // else its member is asked
    }

    /** How one ended that was waited for in vain. */
    End endOfOverdue(Stream stream, Now now) {
        Waited one = waited.get(stream.epoch());
        return one == null ? End.lost(now.ms()) : one.end().at(now.ms());
    }

    /**
     * A token names it, and this node has not heard of it: it may yet.
     *
     * @return it, by the best label that anybody has said
     */
    Stream expect(Stream stream, Now now) {
        Epoch epoch = stream.epoch();
        Waited before = waited.get(epoch);
        EndedStreams.Gone gone = remembered.get(epoch);
        Stream its = stream;
        if (its.isUnnamed()) {
            its = before != null ? before.stream() : gone != null ? gone.stream() : its;
        }
        if (before != null) {
            waited.put(epoch, before.of(its));
            expectsMore |= !its.equals(before.stream());
            return its;
        }
        Settled over = settled.get(epoch);
        long removedMs = over == null ? Long.MAX_VALUE : over.removedMs();
        End end = over != null ? over.end() : gone == null ? End.lost(now.ms()) : gone.end(now.ms());
        long dueNs = now.ns() + returnNs(epoch);
        waited.put(epoch, new Waited(its, removedMs, Long.MIN_VALUE, dueNs, end, Math.max(0, end.head())));
        expectsMore = true;
        return its;
    }

    /** Is it neither a member's, nor waited for, nor over? */
    boolean isUnknown(Epoch epoch) {
        return !members.containsKey(epoch) && !waited.containsKey(epoch) && !settled.containsKey(epoch);
    }

    List<Stream> waitedFor() {
        return waited.values().stream().map(Waited::stream).toList();
    }

    /** Of one that has no member: was there one here? If not, it concerns those alone whose token names it. */
    boolean wasMember(Epoch stream) {
        Waited one = waited.get(stream);
        Settled over = settled.get(stream);
        return one == null ? over != null && over.wasMember() : one.wasMember();
    }

    /** The stream, if it is waited for. */
    @Nullable Stream waitedFor(Epoch epoch) {
        Waited one = waited.get(epoch);
        return one == null ? null : one.stream();
    }

    /**
     * Adds the nodes of stored streams that are waited for, by the names that the members remember: what a token alone says is any client's
     * word.
     */
    void addAwaitedNodes(Set<String> nodes) {
        for (Epoch epoch : waited.keySet()) {
            EndedStreams.Gone gone = remembered.get(epoch);
            if (gone != null && !gone.stream().isUnnamed() && isDurable(epoch)) {
                nodes.add(gone.stream().node());
            }
        }
    }

    /** When its member was removed, by the cluster's time; {@code Long.MAX_VALUE} if it was none here. */
    long removedMs(Stream waitedFor) {
        Waited one = waited.get(waitedFor.epoch());
        if (one == null || !one.wasMember()) {
            return Long.MAX_VALUE;
        }
        EndedStreams.Gone gone = remembered.get(waitedFor.epoch());
        return gone == null
                ? one.removedMs()
                : gone.departure().endedMs(); // its clock may have been behind the others'
    }

    /** Those of a node. */
    List<Stream> waitedFor(String node) {
        return waitedFor().stream().filter(one -> one.node().equals(node)).toList();
    }

    /** Those that were waited for long enough. */
    List<Stream> overdue(long nowNs) {
        return waited.values().stream()
                .filter(one -> one.dueNs() - nowNs <= 0)
                .map(Waited::stream)
                .toList();
    }

    /** It is being asked what becomes of it. */
    void waitLonger(Stream stream, Now now) {
        Waited one = waited.get(stream.epoch());
        if (one != null) {
            waited.put(stream.epoch(), one.until(now.ns() + returnNs(stream.epoch())));
        }
    }

    /** The node was there, and is gone again: its stored streams are waited for as if they had ended just now (rule D8). */
    void waitAnew(Stream removed, Now now) {
        waitedFor(removed.node()).stream().filter(one -> isDurable(one.epoch())).forEach(one -> waitLonger(one, now));
    }

    /** When the first of them is, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        long due = Long.MAX_VALUE;
        for (Waited one : waited.values()) {
            due = due == Long.MAX_VALUE || one.dueNs() - due < 0 ? one.dueNs() : due;
        }
        return due;
    }

    // ------------------------------------------------------------------ those that are over

    /** It is settled how it ended. {@return how, for all readers} */
    End settle(Stream stream, End end, Now now) {
        Waited before = waited.remove(stream.epoch());
        named.remove(stream.epoch());
        long removedMs = before == null ? removedMs(stream, now) : before.removedMs();
        End its = removedMs == Long.MAX_VALUE ? end.ofStranger() : end;
        Settled earlier = settled.get(stream.epoch());
        if (earlier == null
                || !earlier.wasMember()
                || removedMs != Long.MAX_VALUE) { // else a token waited for it once more
            settled.put(
                    stream.epoch(),
                    new Settled(stream, its, removedMs, history().timeMs(now.ns())));
        }
        return its;
    }

    @Nullable Settled settled(Epoch epoch) {
        return settled.get(epoch);
    }

    Collection<Settled> settled() {
        return settled.values();
    }

    private long removedMs(Stream stream, Now now) {
        EndedStreams.Gone gone = remembered.get(stream.epoch());
        return gone == null ? history().timeMs(now.ns()) : gone.departure().endedMs();
    }

    /** The ends of those that are waited for and of which it is remembered by now how much they published. */
    Map<Stream, End> saidSince(Now now) {
        Map<Stream, End> ends = new LinkedHashMap<>();
        for (Stream stream : waitedFor()) {
            EndedStreams.Gone gone = remembered.get(stream.epoch());
            Long head = gone == null ? null : gone.head();
            if (head != null && isDurable(stream.epoch())) {
                endsSo(stream.epoch(), End.exact(head, now.ms())); // its node's store may have it yet
            } else if (head != null) {
                ends.put(stream, End.exact(head, now.ms()));
            }
        }
        return ends;
    }

    /** Those that every subscription has passed long ago are forgotten, but for these. */
    void forgetSettled(Set<Epoch> except, Now now) {
        long since = history().listedSinceMs(history().timeMs(now.ns()));
        settled.values().removeIf(one -> !except.contains(one.stream().epoch()) && isPast(one, since));
        durable.keySet().removeIf(this::isUnknown);
    }

    /** There are too many of them: half of them are forgotten, whoever has not read how they ended; first those that tokens alone named. */
    void forgetTooMany() {
        if (settled.size() > MOST_SETTLED) {
            settled.values().stream()
                    .sorted(Comparator.comparing(Settled::wasMember))
                    .limit(settled.size() / 2)
                    .map(one -> one.stream().epoch())
                    .toList()
                    .forEach(settled::remove);
            durable.keySet().removeIf(this::isUnknown);
            forgotten++;
        }
    }

    /** How often some were forgotten whose ends not everybody had read. */
    long forgotten() {
        return forgotten;
    }

    /** Those of which tokens say that they ended, and those of which that is not settled. */
    Set<Epoch> recent(Now now) {
        long since = history().listedSinceMs(history().timeMs(now.ns()));
        Set<Epoch> recent = new HashSet<>(left.keySet());
        recent.addAll(waited.keySet()); // a feed may have their ends
        settled.forEach((epoch, one) -> {
            if (!isPast(one, since)) {
                recent.add(epoch);
            }
        });
        return recent;
    }

    private static boolean isPast(Settled one, long sinceMs) {
        return !one.wasMember() || one.settledMs() < sinceMs;
    }

    /** How many streams are remembered. */
    int size() {
        return members.size() + waited.size() + settled.size();
    }

    // ------------------------------------------------------------------ the history

    /** This is remembered now. What a history has when it becomes complete ended before this node was there. */
    void remember(HistoryView view) {
        boolean becomesComplete = view.complete() && !history().complete();
        remembered = remembered.next(view, topic);
        if (becomesComplete) {
            heard.addAll(remembered.epochs());
        }
        heard.retainAll(remembered.epochs());
        durable.keySet().removeIf(this::isUnknown);
    }

    private Set<Epoch> unheard() {
        Set<Epoch> unheard = new HashSet<>();
        for (Epoch epoch : remembered.epochs()) {
            if (!heard.contains(epoch) && !members.containsKey(epoch)) {
                unheard.add(epoch);
            }
        }
        return unheard;
    }

    /** It is to be announced to everybody that something is missed of which nobody knows whose it is. */
    void notice() {
        notices++;
    }

    long notices() {
        return notices;
    }

    /** May that incarnation's node still come back, or is it back already? */
    boolean mayReturn(Departure departure, Now now) {
        boolean isBack = named().stream().anyMatch(member -> member.node().equals(departure.node()));
        return isBack
                || history().timeMs(now.ns()) - departure.endedMs()
                        < returnNs(Epoch.of(departure.uid(), topic)) / NS_PER_MS;
    }
}
