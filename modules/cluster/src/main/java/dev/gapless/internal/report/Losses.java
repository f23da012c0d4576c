package dev.gapless.internal.report;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Reading;
import dev.gapless.internal.measure.Claim;
import dev.gapless.internal.subscribe.Feedback;
import org.jspecify.annotations.Nullable;

/** What the log says of losses: topic, producer, who missed it, sequences, and keys as far as they are known. */
public final class Losses {
    private Losses() {}

    /**
     * A producer tells a reader that it missed something.
     *
     * @param part the stream in which it goes on
     * @param first the first sequence of that which it missed, or 0 if nobody knows
     * @param resumeAt where it goes on
     */
    public static String ofCursor(
            String topic,
            String producer,
            String consumer,
            Reason reason,
            LogPart part,
            long first,
            long resumeAt,
            Log log) {
        String missed = first > 0
                ? LossLog.sequences(first, resumeAt - 1)
                : "whatever lies between its position and sequence " + resumeAt;
        return "Topic " + topic + ": node " + consumer + " missed messages of producer " + producer + " (" + reason
                + "): " + missed + keys(part, Math.max(first, part.sequence(log.oldest())), resumeAt - 1, log)
                + "; its subscriptions are told to reload";
    }

    private static String keys(LogPart part, long first, long last, Log log) {
        String from = keyAt(part, first, log);
        String to = keyAt(part, last, log);
        return first > last || (from == null && to == null)
                ? ""
                : ", of which the ring still has " + first + " to " + last + ", keys " + LossLog.quote(from) + " to "
                        + LossLog.quote(to);
    }

    private static @Nullable String keyAt(LogPart part, long sequence, Log log) {
        if (sequence < 1 || !(log.read(part.number(sequence), 1, Long.MAX_VALUE) instanceof Reading.Messages read)) {
            return null;
        }
        return read.slices().get(0).key(0);
    }

    /**
     * A node's feed is told that it missed something.
     *
     * @param behind how far it had got, or null if it had not begun
     * @param upTo where it goes on, or null while that is open
     */
    public static String ofFeed(
            String topic,
            String producer,
            String consumer,
            Reason reason,
            @Nullable Position behind,
            @Nullable Position upTo) {
        String missed;
        if (behind != null && upTo != null && behind.epoch().equals(upTo.epoch())) {
            missed = LossLog.sequences(behind.sequence() + 1, upTo.sequence());
        } else {
            missed = (behind == null ? "from its start on" : "behind " + behind)
                    + (upTo == null ? ", with an open end" : ", up to " + upTo);
        }
        return "Topic " + topic + ": the feed of node " + consumer + " missed messages of producer " + producer + " ("
                + reason + "): " + missed + "; its subscriptions are told to reload" + remedy(reason);
    }

    /** What keeps this from costing a reload, where something does. */
    private static String remedy(Reason reason) {
        return reason == Reason.PRODUCER_LOST
                ? ". If that node never publishes, set gapless.publishing = off there: then its crash costs nobody a reload"
                : "";
    }

    /**
     * The changes that a gateway keeps have gone on past a client that follows them.
     *
     * @param first the number in the ring of the first change that it missed, of any collection
     * @param last that of the last one
     * @param before the key of what it was given last, of any collection, if that is known
     * @param lastKey the key of the last that it missed of this one, if that is known
     */
    public static String ofChanges(
            String collection,
            String client,
            String node,
            long first,
            long last,
            @Nullable String before,
            @Nullable String lastKey) {
        return "Collection " + collection + ": " + client + " of DocumentChanges on node " + node
                + " missed changes: " + LossLog.sequences(first, last) + " of all collections"
                + keys(before, lastKey) + "; it is told to list the collection again";
    }

    private static String keys(@Nullable String before, @Nullable String last) {
        return before == null && last == null
                ? ""
                : ", keys behind " + LossLog.quote(before) + " and up to " + LossLog.quote(last);
    }

    /** A subscription leaves out messages of another class than the topic's. */
    public static String ofWrongClass(String topic, String consumer, Feedback.WrongClasses wrong) {
        return "Topic " + topic + ": subscription " + wrong.id() + " on node " + consumer + " leaves out sequence "
                + wrong.sequence() + " of producer " + wrong.node() + ": " + wrong.why() + "; it has left out "
                + wrong.all() + " so far. Use one class for a topic on all nodes";
    }

    /**
     * A subscription is told to reload.
     *
     * @param client whose it is, if it is of a client outside the cluster
     * @param claim what of the gap is that client's word alone
     * @param before the key of the last message that it was given of that producer, if that is known
     * @param last the key of the last message that it missed, if that is known
     */
    public static String ofSubscription(
            String topic,
            String producer,
            String consumer,
            long subscription,
            @Nullable String client,
            Gap gap,
            Claim claim,
            @Nullable String before,
            @Nullable String last) {
        Long first = gap.firstMissing();
        Long missed = gap.missed();
        String what = first == null
                ? "nobody knows which"
                : missed == null ? "from sequence " + first + " on" : LossLog.sequences(first, first + missed - 1);
        String word = switch (claim) {
            case NOTHING -> "";
            case PLACE -> ", behind the place that its client named";
            case STREAM -> ", which its client named, and of which this node knows nothing";
        };
        String whose = client == null ? "" : " of " + client;
        String whoseStream = claim == Claim.STREAM ? LossLog.quote(producer) : producer;
        return "Topic " + topic + ": subscription " + subscription + whose + " on node " + consumer
                + " missed messages of producer " + whoseStream + " (" + gap.reason() + "): " + what + word
                + keys(before, last)
                + "; it is told to reload";
    }
}
