package dev.gapless.testkit.internal;

import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.Packet;

/** One process of a node, as {@link Links} see it. They call it in its turns alone. */
interface TestMember {
    long uid();

    String name();

    /** Its address, as a member. */
    String address();

    /** Is its process gone? */
    boolean isGone();

    /** What it serves and reads. */
    Shard shard();

    /** It is a member now. */
    void up();

    void appeared(long uid, String address);

    void removed(long uid);

    void reachability(long uid, boolean reachable);

    void receive(Packet packet);
}
