package dev.gapless.simulation.explore;

import dev.gapless.core.LastPing;
import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Ages;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Ring;
import dev.gapless.core.log.Slice;
import dev.gapless.core.log.Ticket;
import dev.gapless.core.node.FailureDetector;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.node.ShardSettings;
import dev.gapless.core.wire.Message;
import dev.gapless.simulation.inside.Inside;
import dev.gapless.simulation.oracle.Observer;
import dev.gapless.simulation.oracle.Oracle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The fields of a class, and what of each belongs to a state. A field that is forgotten here would hide states, so everything
 * counts that is not named: each exception says why it makes no difference.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Shape(Sort sort, long name, Part[] parts) {

    /** What kind of object it is. */
    enum Sort {
        NUMBER,
        /** One that its hash tells. */
        TEXT,
        FLAG,
        CONSTANT,
        INTS,
        /** Of objects, in order. */
        ARRAY,
        MAP,
        /** Its order is nobody's concern. */
        HASH_MAP,
        COLLECTION,
        /** Its order is nobody's concern. */
        HASH_SET,
        SESSION,
        CONTENT,
        SLICE,
        RECORD,
        RING,
        /** One that changes: it counts once, and wherever else it is met as the same one. */
        MUTABLE
    }

    /** How a field counts. */
    enum Meaning {
        /** As it is. */
        VALUE,
        /** A {@code long} or {@code int}, as it is. */
        NUMBER,
        /** A {@code boolean}, as it is. */
        FLAG,
        /** A moment by its node's clock, or {@code Long.MAX_VALUE}: how far it is from now, and all that is due is equally due. */
        DEADLINE,
        /** By keys, such moments. */
        DEADLINES,
        /** A moment by its node's clock in the past: how long ago it was, up to the longest time that is ever asked for. */
        SINCE,
        /** The same, or null. */
        SINCE_OR_NULL,
        /** The same, where no longer time is asked for than two graces of another cluster. */
        LATELY,
        /** A moment in the order of everything that happens, with which others are compared. */
        MARK,
        /** A number that rises in one incarnation: only the order of those that are there. */
        ORDER,
        /** Moments in that order that are compared with marks alone: only which marks are before them. */
        STAMP,
        /** When something was heard of another cluster: only which of these are before others. */
        HEARD,
        /** How often things had changed when a subscription asked: only whether they have changed since. */
        AS_NOW
    }

    /** One field. */
    record Part(Field field, Meaning meaning) {}

    private static final ClassValue<Shape> KNOWN = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return read(type);
        }
    };

    /** Types that are no state. */
    private static final List<Class<?>> NO_STATE = List.of(
            Lock.class, // nobody holds one between two actions
            TopicSettings.class, // they never change
            Ages.class, // nothing is too old here
            RandomGenerator.class, // gives each incarnation's epoch, once
            LongSupplier.class, // counters, see below
            ResponseTimes
                    .class, // nor is longer waited for an answer than the shortest backoff, which is also the longest
            NodeSettings.class, // never change
            BooleanSupplier.class, // looks at the log
            OtherClusterSettings.class, // neither
            ShardSettings.class, // neither; whose topic has a consumer is in the shard
            Outbox.class, // empty between two actions
            Outbox.Carrier.class, // carries out
            Effect.class, // made once
            Ticket.class, // says of which message of ours it is; that is in what waits
            Observer.class, // looks on
            Oracle.class, // judges Truth and Witness, which are state, and keeps nothing itself
            Configuration.class, // never changes
            Configuration.Host.class, // neither
            LastPing.class, // nor has any come
            FailureDetector.class); // no ping is ever sent: silence is an action

    private static final Map<String, String> IGNORED = Map.ofEntries(
            Map.entry("TopicReader.patienceNs", "never changes"),
            Map.entry("TopicReader.heartbeatNs", "never changes"),
            Map.entry("Placement.dueNs", "made of the rest, or earlier, which does no harm"),
            Map.entry("Placement.changes", "see FeedSubscription.askedAt"),
            Map.entry("SharedTopic.changes", "see PlaceStanding.looked"),
            Map.entry("SharedTopic.slots", "as above"),
            Map.entry("SharedTopic.changedMs", "for people alone"),
            Map.entry("PlacesSubscription.last", "made of the rest"),
            Map.entry("PlacesSubscription.lacksSinceMs", "for people alone"),
            Map.entry("PlacesSubscription.violations", "must be 0, which is checked"),
            Map.entry("PlacesSubscription.reloads", "reloads need not wait here"),
            Map.entry("PlaceRun.path", "made of its parts"),
            Map.entry("PlacesConsumer.measures", "of the cache"),
            Map.entry("PlacesConsumer.history", "as History.view"),
            Map.entry("TopicProducers.history", "as above"),
            Map.entry("Producers.history", "as above"),
            Map.entry("Producers.version", "rises with the rest"),
            Map.entry("TopicCache.arrivals", "beyond those of all pieces; only their order counts"),
            Map.entry("TopicCache.oldest", "made of the rest"),
            Map.entry("Piece.arrivedNs", "nothing is too old here"),
            Map.entry("CopyRegistrar.failures", "statistics"),
            Map.entry("CopyRegistrar.again", "as above"),
            Map.entry("CopyRegistration.failures", "for people alone"),
            Map.entry("CopyRegistration.answeredNs", "as above"),
            Map.entry("CopyRegistration.unanswered", "the backoff does not grow here"),
            Map.entry("CopyRegistration.askedNs", "as above, nor is longer waited for an answer"),
            Map.entry("Reach.foremost", "made of the rest"),
            Map.entry("Reach.slots", "as above"),
            Map.entry("Forgetting.freed", "does it"),
            Map.entry("Streams.returnNs", "never changes"),
            Map.entry("CursorToken.positions", "made of the rest"),
            Map.entry("Node.startedNs", "no node is older than a millisecond, and others count those"),
            Map.entry("ProducerState.heartbeatDueNs", "made of the rest, or earlier, which does no harm"),
            Map.entry("ProducerState.lowest", "made of the rest"),
            Map.entry("ProducerState.receipts", "nobody wants one here"),
            Map.entry("Log.ids", "no message has one here"),
            Map.entry("Content.id", "as above"),
            Map.entry("Content.trace", "no message has one here"),
            Map.entry("Content.extension", "made of both"),
            Map.entry("Log.begun", "as LogWriter.open"),
            Map.entry("Cursor.since", "asked for by receipts alone"),
            Map.entry("Cursor.expired", "as above"),
            Map.entry("Batch.asks", "no Ack is put off here"),
            Map.entry("ProducerState.expiries", "statistics"),
            Map.entry("TopicReader.expiries", "statistics"),
            Map.entry("FeedConsumer.registeredAgain", "statistics"),
            Map.entry("FeedConsumer.measures", "of the shared feed"),
            Map.entry("Registrar.failures", "statistics"),
            Map.entry("Registration.failures", "for people alone"),
            Map.entry("Registration.answeredNs", "as above"),
            Map.entry("Chain.key", "for people alone"),
            Map.entry("LogWriter.failures", "the backoff does not grow here"),
            Map.entry("LogWriter.problem", "for people alone"),
            Map.entry("LogWriter.asked", "what a store answers is what it was asked last"),
            Map.entry("Read.id", "as above"),
            Map.entry("Write.id", "as above"),
            Map.entry("FeedCursors.stalledAfterNs", "never changes"),
            Map.entry("Hold.mostNs", "never changes"),
            Map.entry("FeedRun.parts", "those of MessageRun"),
            Map.entry("FeedRun.path", "made of its parts"),
            Map.entry("MessageRun.passed", "runs are handled at once"),
            Map.entry("MessageRun.part", "as above"),
            Map.entry("MessageRun.nextPart", "as above"),
            Map.entry("MessageRun.inPart", "as above"),
            Map.entry("FeedSubscription.violations", "must be 0, which is checked"),
            Map.entry("Reloading.failed", "the backoff does not grow here"),
            Map.entry("FeedSubscription.pace", "reloads need not wait here"),
            Map.entry("Feed.goOn", "made of the rest"),
            Map.entry("Feed.basesThere", "made of the rest"),
            Map.entry("Registration.unanswered", "the backoff does not grow here"),
            Map.entry("Registering.askedNs", "as above, nor is longer waited for an answer"),
            Map.entry("Node.pingDueNs", "no ping is ever sent"),
            Map.entry("Node.helloDueNs", "Hellos are repeated by an action"),
            Map.entry("Node.hellos", "as above"),
            Map.entry("Shard.watched", "no ping is ever sent"),
            Map.entry(
                    "HistoryReplication.question",
                    "what members remember comes at once: between two actions no answer is under way"),
            Map.entry("HistoryReplication.askedUid", "as above"),
            Map.entry("HistoryReplication.parts", "as above"),
            Map.entry(
                    "ClusterProbe.number",
                    "nobody asks while anything is under way: it is that of the latest question"),
            Map.entry("Asked.number", "as above"),
            Map.entry("ClusterProbes.questions", "as above"),
            Map.entry("ClusterProbes.firstWaitNs", "never changes"),
            Map.entry("Asked.foundNs", "there are fewer than may be"),
            Map.entry("OtherClusters.tick", "no tick is late"),
            Map.entry("Mute.sinceNs", "nobody is said to listen"),
            Map.entry("Mute.listenedNs", "as above"),
            Map.entry("HistoryPart.number", "nobody asks while anything is under way, or comes at once"),
            Map.entry("History.digest", "made of the rest"),
            Map.entry("History.view", "made of the rest"),
            Map.entry("SimulatedNode.sessions", "beyond every session that there is; only their order counts"),
            Map.entry("Incarnation.publishedNs", "asked for where there are several clusters"),
            Map.entry("ExploredWorld.stamps", "beyond every stamp that there is; only their order counts"),
            Map.entry("ExploredWorld.touched", "says what was read already"),
            Map.entry("ExploredWorld.subscriptions", "as many as the budgets say"),
            Map.entry("ExploredNode.nowNs", "every moment is read relative to it"),
            Map.entry("Witness.begun", "of no concern where things go wrong"));

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            Map.entry("CopyRegistration.dueNs", Meaning.DEADLINE),
            Map.entry("CopyRegistration.ackDueNs", Meaning.DEADLINE),
            Map.entry("TopicSubscription.readyUntilNs", Meaning.DEADLINE),
            Map.entry("TopicProducers.waitUntilNs", Meaning.DEADLINES),
            Map.entry("Fetches.fetching", Meaning.DEADLINES),
            Map.entry("Fetches.finding", Meaning.DEADLINES),
            Map.entry("Held.sinceNs", Meaning.SINCE),
            Map.entry("Unanswered.readyNs", Meaning.SINCE),
            Map.entry("Answered.quietSinceNs", Meaning.SINCE),
            Map.entry("Piece.arrival", Meaning.ORDER),
            Map.entry("PlaceStanding.looked", Meaning.AS_NOW),
            Map.entry("Registering.dueNs", Meaning.DEADLINE),
            Map.entry("Unasked.dueNs", Meaning.DEADLINE),
            Map.entry("LiveAmidAttempts.dueNs", Meaning.DEADLINE),
            Map.entry("Waited.dueNs", Meaning.DEADLINE),
            Map.entry("Registration.ackDueNs", Meaning.DEADLINE),
            Map.entry("ProducerState.outOfUseAtNs", Meaning.DEADLINE),
            Map.entry("OpenSubscription.readyUntilNs", Meaning.DEADLINE),
            Map.entry("OpenSubscription.readyNs", Meaning.SINCE),
            Map.entry("OpenSubscription.waitsNs", Meaning.SINCE), // as long as it waits: what it waits for takes longer
            Map.entry("CatchUpReader.movedNs", Meaning.SINCE),
            Map.entry("FeedSubscription.askedAt", Meaning.AS_NOW),
            Map.entry("HistoryReplication.askAgainNs", Meaning.DEADLINE),
            Map.entry("Asked.dueNs", Meaning.DEADLINE),
            Map.entry("Asked.waitNs", Meaning.NUMBER),
            Map.entry("ProducerState.seenNs", Meaning.SINCE),
            Map.entry("Registration.lateNs", Meaning.SINCE_OR_NULL),
            Map.entry("ClusterSighting.firstNs", Meaning.SINCE),
            Map.entry("ClusterSighting.heardNs", Meaning.LATELY),
            Map.entry("ClusterSighting.countedNs", Meaning.LATELY),
            Map.entry("ClusterSighting.heardMs", Meaning.HEARD),
            Map.entry("OtherCluster.heardMs", Meaning.HEARD),
            Map.entry("OtherCluster.goneMs", Meaning.HEARD),
            Map.entry("ClusterSighting.askedToGiveWayNs", Meaning.LATELY),
            Map.entry("GivingWay.sinceNs", Meaning.SINCE),
            Map.entry("Waiting.untilNs", Meaning.DEADLINE),
            Map.entry("Cursor.heartbeatDueNs", Meaning.DEADLINE),
            Map.entry("ProducerState.drainUntilNs", Meaning.DEADLINE),
            Map.entry("SimulatedNode.deadlineNs", Meaning.DEADLINE),
            Map.entry("Waiter.deadlineNs", Meaning.DEADLINE),
            Map.entry("LogWriter.dueNs", Meaning.DEADLINE),
            Map.entry("InDoubt.untilNs", Meaning.DEADLINE),
            Map.entry("Cursor.progressNs", Meaning.SINCE),
            Map.entry("FeedCursor.progressNs", Meaning.SINCE),
            Map.entry("Hold.behindNs", Meaning.SINCE),
            Map.entry("Hold.fullNs", Meaning.SINCE),
            Map.entry("Heard.appeared", Meaning.STAMP),
            Map.entry("Heard.removed", Meaning.STAMP),
            Map.entry("Heard.joined", Meaning.MARK),
            Map.entry("Truth.members", Meaning.STAMP),
            Map.entry("Truth.former", Meaning.STAMP),
            Map.entry("Incarnation.memberSince", Meaning.STAMP),
            Map.entry("Taken.stamp", Meaning.MARK),
            Map.entry("Handover.taken", Meaning.MARK),
            Map.entry("Handover.resumed", Meaning.MARK));

    static Shape of(Class<?> type) {
        return KNOWN.get(type);
    }

    private static Sort sortOf(Class<?> type) {
        if (Number.class.isAssignableFrom(type)) {
            return Sort.NUMBER;
        } else if (type == String.class || type == OptionalLong.class) {
            return Sort.TEXT;
        } else if (type == Boolean.class) {
            return Sort.FLAG;
        } else if (Enum.class.isAssignableFrom(type)) {
            return Sort.CONSTANT;
        } else if (type == int[].class) {
            return Sort.INTS;
        } else if (Object[].class.isAssignableFrom(type)) {
            return Sort.ARRAY;
        } else if (Map.class.isAssignableFrom(type)) {
            boolean inOrder = LinkedHashMap.class.isAssignableFrom(type) || SortedMap.class.isAssignableFrom(type);
            return inOrder ? Sort.MAP : Sort.HASH_MAP;
        } else if (Set.class.isAssignableFrom(type)) {
            boolean inOrder = LinkedHashSet.class.isAssignableFrom(type) || SortedSet.class.isAssignableFrom(type);
            return inOrder ? Sort.COLLECTION : Sort.HASH_SET;
        } else if (Collection.class.isAssignableFrom(type)) {
            return Sort.COLLECTION;
        } else if (type == Session.class) {
            return Sort.SESSION;
        } else if (type == Content.class) {
            return Sort.CONTENT;
        } else if (type == Slice.class) {
            return Sort.SLICE;
        } else if (type == Ring.class) {
            return Sort.RING;
        }
        return type.isRecord() || Inside.OF_SIMULATED.values().contains(type) ? Sort.RECORD : Sort.MUTABLE;
    }

    private static Shape read(Class<?> type) {
        Sort sort = sortOf(type);
        boolean hasParts = sort == Sort.RECORD || sort == Sort.MUTABLE;
        if (hasParts && !type.getName().startsWith("dev.gapless.")) {
            throw new IllegalStateException("It is not known what of " + type + " is state");
        }
        return new Shape(sort, type.getName().hashCode(), hasParts ? partsOf(type) : new Part[0]);
    }

    private static Part[] partsOf(Class<?> type) {
        List<Part> parts = new ArrayList<>();
        for (Field field : Fields.of(type)) {
            String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
            if (isState(field, name)) {
                field.setAccessible(true);
                Meaning meaning = MEANINGS.getOrDefault(name, Meaning.VALUE);
                if (meaning == Meaning.VALUE && field.getName().endsWith("Ns")) {
                    throw new IllegalStateException("It is not known what kind of moment " + name + " is");
                }
                parts.add(new Part(field, meaning == Meaning.VALUE ? meaningOf(field.getType()) : meaning));
            }
        }
        return parts.toArray(Part[]::new);
    }

    private static Meaning meaningOf(Class<?> type) {
        if (type == long.class || type == int.class) {
            return Meaning.NUMBER;
        }
        return type == boolean.class ? Meaning.FLAG : Meaning.VALUE;
    }

    private static boolean isState(Field field, String name) {
        return !Modifier.isStatic(field.getModifiers())
                && !IGNORED.containsKey(name)
                && NO_STATE.stream().noneMatch(type -> type.isAssignableFrom(field.getType()))
                && !(Message.class.isAssignableFrom(field.getDeclaringClass())
                        && field.getName().equals("topic"));
    }
}
