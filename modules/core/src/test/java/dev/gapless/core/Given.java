package dev.gapless.core;

import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import dev.gapless.core.member.History;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.node.NodeSettings;
import dev.gapless.core.node.OtherClusterSettings;
import dev.gapless.core.place.LogCopy;
import dev.gapless.core.wire.Packet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What tests are given to begin with. */
public final class Given {
    public static final String TOPIC = "quotes";
    public static final long SECOND = 1_000_000_000L;
    public static final Epoch EPOCH = new Epoch(7);
    public static final LogIdentity LOG = LogIdentity.fresh(EPOCH, 0);

    /** What a message without content is charged for in a log. */
    public static final int FRAME_BYTES = Slice.OVERHEAD_BYTES + 1;

    /** The id of {@link #history}. */
    public static final long HISTORY = 77;

    /** When tests begin. */
    public static final Now NOW = new Now(0, 0);

    /** A history that has everything since ever, and remembers these. Two members differ by a minute at most. */
    public static HistoryView history(Departure... departures) {
        return new HistoryView(HISTORY, Long.MIN_VALUE, false, false, List.of(departures), NOW, new LastPing(), 60_000);
    }

    /** A node that is up, with these members, and these others remembered. */
    public static MemberView members(List<MemberEvent> snapshot, Departure... departures) {
        Set<Long> incarnations = new LinkedHashSet<>();
        snapshot.forEach(event -> incarnations.add(event.uid()));
        return new MemberView(incarnations, snapshot, true, history(departures));
    }

    /** A node with one shard, which pings once a second, and publishes. */
    public static NodeSettings node(long uid, String name, long startedMs, OtherClusterSettings others) {
        return new NodeSettings(
                uid,
                name,
                List.of((int) uid),
                startedMs,
                1,
                SECOND,
                60 * SECOND,
                NodeSettings.HELLO_BACKOFF,
                History.Bounds.DEFAULT,
                false,
                false,
                true,
                others);
    }

    /** How far a copy has got. */
    public record Copied(long newest, long head, long oldest, long behind, boolean isComplete) implements LogCopy {
        /** One to which nothing was pushed in front of its newest, of a log that may have forgotten what came first. */
        public Copied(long newest, long head, long oldest) {
            this(newest, head, oldest, newest, false);
        }

        @Override
        public boolean isLost(long number) {
            return false;
        }
    }

    /** Nobody needs anything of a cache. */
    public static final TopicCache.Needs NOTHING_NEEDED = (epoch, sequence) -> false;

    private Given() {}

    /** An outbox of which this one sees at once what is put in. */
    public static Outbox outbox(Outbox.Carrier carrier) {
        Outbox outbox = new Outbox();
        outbox.heardBy(new Outbox.Listener() {
            @Override
            public void sending(long toUid, Packet packet) {
                carrier.send(toUid, packet);
            }

            @Override
            public void adding(Effect effect) {
                carrier.carryOut(effect);
            }
        });
        return outbox;
    }

    public static Content content(int value) {
        return Content.of(1, "", new byte[] {(byte) value});
    }

    /** The messages from this sequence to that. */
    public static List<Slice> slices(long first, long last) {
        Segment segment = Segment.of(first, 1_000 + first, content((int) first), 1 << 20);
        for (long i = first; i <= last; i++) {
            segment.append(content((int) i), 1_000 + i);
        }
        return List.of(segment.slice(first, (int) (last - first + 1)));
    }

    /** A ring of this many messages; batches of 4, a window of 8; readers that are overtaken go on at the head. */
    public static TopicSettings ring(int messages) {
        return settings(messages, Overflow.EXPIRE, ResumeAfterExpiry.HEAD);
    }

    public static TopicSettings settings(int messages, Overflow overflow, ResumeAfterExpiry resume) {
        return TopicSettings.DEFAULTS.with(draft -> {
            draft.bufferMessages = messages;
            draft.overflow = overflow;
            draft.batchBytes = 4 * FRAME_BYTES;
            draft.windowBytes = 8L * FRAME_BYTES;
            draft.ackDelayNs = 0;
            draft.maxPendingPublishes = 3;
            draft.resumeAfterExpiry = resume;
            draft.registerJitter = 0;
            draft.readyTimeoutNs = 5 * SECOND;
            draft.reloadBackoff = new Backoff(SECOND / 10, 2 * SECOND);
            draft.reloadIntervalNs = 0;
            draft.reloadJitterNs = 0;
        });
    }
}
