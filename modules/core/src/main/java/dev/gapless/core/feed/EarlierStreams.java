package dev.gapless.core.feed;

import dev.gapless.core.Epoch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the logs of durable nodes have of streams of earlier incarnations, as their members said (rule D7). Immutable.
 *
 * @param logs by the members' own streams: the earlier ones of their logs, the oldest first
 * @param heads the last sequence that the nodes' logs have of each that has no member any more
 * @param latest of each node the own stream of the member that said last what its log has
 * @param complete the own streams of those whose logs have all that they ever had: others may have forgotten the oldest
 * @param members the streams of members
 * @param former those of members that were removed, and came before the latest
 * @param inMemory those of members that were removed, and not stored
 */
public record EarlierStreams(
        Map<Epoch, List<Stream>> logs,
        Map<Epoch, Long> heads,
        List<Stream> latest,
        Set<Epoch> complete,
        Set<Epoch> members,
        Set<Epoch> former,
        Set<Epoch> inMemory) {
    public static final EarlierStreams NONE =
            new EarlierStreams(Map.of(), Map.of(), List.of(), Set.of(), Set.of(), Set.of(), Set.of());

    public EarlierStreams {
        logs = Map.copyOf(logs);
        heads = Map.copyOf(heads);
        latest = List.copyOf(latest);
        complete = Set.copyOf(complete);
        members = Set.copyOf(members);
        former = Set.copyOf(former);
        inMemory = Set.copyOf(inMemory);
    }

    /** What lies in front of a member's own stream in its log. */
    List<Stream> before(Epoch own) {
        return logs.getOrDefault(own, List.of());
    }

    /** Has the log of a node of that name this stream? */
    boolean has(Epoch stream, @Nullable String node) {
        return logs.values().stream()
                .flatMap(List::stream)
                .anyMatch(one -> one.epoch().equals(stream) && one.node().equals(node));
    }

    /** Has a subscription that stands there read a stream to its end, and further than the node's log has it by now? */
    public boolean hasLostOf(Frontier at) {
        if (!logs.isEmpty()) {
            for (Place place : at.places()) {
                if (hasLostOf(at, place)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Is that a place of such a stream? Of one that goes on its reader finds that out. */
    public boolean hasLostOf(Frontier at, Place place) {
        return place.over() && place.sequence() > Math.max(0, head(at, place.stream()));
    }

    /** The last sequence that its node's log has; -1 if that has nothing of it, and no limit if it is not known. */
    private long head(Frontier at, Stream stream) {
        Long head = heads.get(stream.epoch());
        if (head != null) {
            return head;
        }
        Stream without = withoutIt(stream);
        boolean isLost = without != null && isEarlier(at, stream, without) && !mayBeForgotten(stream, without);
        return isLost ? Place.AWAITED : Long.MAX_VALUE;
    }

    /** The own stream of the member whose log does not have it; null if it may have it. */
    private @Nullable Stream withoutIt(Stream stream) {
        Epoch epoch = stream.epoch();
        boolean isElsewhere = members.contains(epoch) || heads.containsKey(epoch) || inMemory.contains(epoch);
        Stream own = isElsewhere ? null : latestOf(stream);
        return own == null || own.epoch().equals(epoch) ? null : own;
    }

    /** Did it come before that one, so far as this is known? Of what tokens name: for whoever has passed it, and begins with that of a member. */
    private boolean isEarlier(Frontier at, Stream stream, Stream own) {
        Place place = at.get(own);
        boolean begins = members.contains(own.epoch()) && place != null && !place.over() && place.sequence() == 0;
        return former.contains(stream.epoch()) || (begins && at.isOver(stream));
    }

    private @Nullable Stream latestOf(Stream stream) {
        for (Stream own : latest) {
            if (own.node().equals(stream.node())) {
                return own;
            }
        }
        return null;
    }

    /** May that member's log have forgotten it, since it had too many? Then it has none that lies in front of it in another one. */
    private boolean mayBeForgotten(Stream stream, Stream own) {
        return !complete.contains(own.epoch()) && logs.keySet().stream().noneMatch(log -> hasInFront(log, stream));
    }

    /** Does that log have it, and in front of it one of which its node's log still has messages? */
    private boolean hasInFront(Epoch log, Stream stream) {
        List<Epoch> order = order(log);
        int its = order.indexOf(stream.epoch());
        return its > 0 && order.subList(0, its).stream().anyMatch(one -> heads.getOrDefault(one, 0L) > 0);
    }

    /** What a log has, the oldest first, and the member's own stream behind that. */
    private List<Epoch> order(Epoch own) {
        return java.util.stream.Stream.concat(before(own).stream().map(Stream::epoch), java.util.stream.Stream.of(own))
                .toList();
    }

    /** The same place, or the last one in front of it that the node's log has. */
    public Place upTo(Frontier at, Place place) {
        long head = head(at, place.stream());
        return place.sequence() <= head ? place : new Place(place.stream(), head, place.kind());
    }

    /** The same of a stream whose loss is announced. Often the node's member says what was lost: then its own stream comes next. */
    public Place announced(Frontier at, Place place) {
        Frontier behind = at.with(place);
        Stream own = withoutIt(place.stream());
        Place next = own == null ? null : at.get(own);
        return own == null || (next != null && next.isKnown())
                ? upTo(behind, place)
                : upTo(behind.with(Place.at(own, 0)), place);
    }

    /** The same, with no place further than the node's log has its stream. */
    public Frontier upTo(Frontier at) {
        return logs.isEmpty()
                ? at
                : at.with(at.places().stream().map(place -> upTo(at, place)).toList());
    }

    /** Does this lead on in a stream of which nothing more may be given? Where it begins, only for whoever has a place in it. */
    public boolean forbids(Frontier at, FeedEntry notice) {
        boolean leadsOn = notice instanceof FeedEntry.Expired
                || (notice instanceof FeedEntry.Began && at.get(notice.stream()) != null);
        return leadsOn && forbids(at, notice.stream(), 0);
    }

    /** May messages of that stream up to there not be given any more? The node's log has lost them, or they come too late. */
    public boolean forbids(Frontier at, Stream stream, long upTo) {
        boolean isFormer = !logs.isEmpty() && !members.contains(stream.epoch());
        return isFormer && (upTo > head(at, stream) || isTooLate(at, stream));
    }

    /**
     * Has a subscription that stands there read something that lies behind that stream in its node's log? Then what is left of it comes too late. What
     * the log does not have came before all that it has.
     */
    public boolean isTooLate(Frontier at, Stream stream) {
        Stream without = withoutIt(stream);
        java.util.stream.Stream<Epoch> behind = without != null
                ? order(without.epoch()).stream()
                : logs.keySet().stream().flatMap(log -> behind(log, stream).stream());
        return behind.anyMatch(one -> isRead(at, one));
    }

    /** What lies behind it in that log; nothing if it is not there. */
    private List<Epoch> behind(Epoch log, Stream stream) {
        List<Epoch> order = order(log);
        int its = order.indexOf(stream.epoch());
        return its < 0 ? List.of() : order.subList(its + 1, order.size());
    }

    private static boolean isRead(Frontier at, Epoch stream) {
        Place place = at.get(stream);
        return place != null && place.sequence() > 0;
    }
}
