package dev.gapless.core.member;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a member, in this order: present, named, removed. */
public sealed interface MemberEvent {
    /** Pekko's number of one incarnation of a node. */
    long uid();

    /**
     * It is a member.
     *
     * @param address host and port, its name until it has told it
     */
    record Present(long uid, String address) implements MemberEvent {
        public Present {
            Limits.checkName("member's address", address);
        }
    }

    /**
     * It runs Gapless, under this name, which no other member has.
     *
     * @param sinceMs since when it runs, by the cluster's time, in milliseconds since 1970
     */
    record Named(long uid, String node, long sinceMs) implements MemberEvent {
        public Named {
            Limits.checkName("node", node);
        }
    }

    /**
     * It is no member any more, and never will be again under this uid.
     *
     * @param published the last sequence of each stream to which it published anything; null if nobody knows
     */
    record Removed(long uid, @Nullable Map<Epoch, Long> published) implements MemberEvent {
        /** One that went without a word. */
        public Removed(long uid) {
            this(uid, null);
        }
    }
}
