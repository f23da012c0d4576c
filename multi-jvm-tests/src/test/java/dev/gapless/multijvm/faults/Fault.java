package dev.gapless.multijvm.faults;

/** What is done to a node, a link or a subscription. */
enum Fault {
    PAUSE(Concerns.PROCESS, 1),
    KILL_AND_STAY_AWAY(Concerns.PROCESS, 1),
    KILL_AND_RESTART(Concerns.PROCESS, 1),
    TERMINATE_WHILE_PAUSED(Concerns.PROCESS, 1),
    LEAVE(Concerns.PROCESS, 1),
    KILL_WHILE_IT_LEAVES(Concerns.PROCESS, 1),
    BLACKHOLE(Concerns.PROCESS, 1),
    TWO_CLUSTERS(Concerns.PROCESS, 1),
    JOIN(Concerns.NOBODY, 0),
    TOOL_LEAVES(Concerns.NOBODY, 0),
    TOOL_IS_KILLED(Concerns.NOBODY, 0),
    TOOL_BEHIND_A_TOKEN(Concerns.SUBSCRIPTION, 0),
    TOOL_BEHIND_A_CUT(Concerns.SUBSCRIPTION, 0),
    RESET(Concerns.LINK, 0),
    CUT_ALL_TRAFFIC(Concerns.LINK, 2),
    CUT_BOTH_WAYS(Concerns.LINK, 1),
    CUT_ONE_WAY(Concerns.LINK, 1),
    LOSE(Concerns.LINK, 1),
    REFUSE(Concerns.LINK, 1),
    FREEZE_SUBSCRIPTION(Concerns.SUBSCRIPTION, 0),
    SLOW_SUBSCRIPTION(Concerns.SUBSCRIPTION, 0),
    SUBSCRIBE_LATEST(Concerns.SUBSCRIPTION, 0),
    SUBSCRIBE_EARLIEST(Concerns.SUBSCRIPTION, 0),
    SUBSCRIBE_WITH_TOKEN(Concerns.SUBSCRIPTION, 0);

    enum Concerns {
        PROCESS(1),
        LINK(2),
        SUBSCRIPTION(1),
        NOBODY(0);

        final int nodes;

        Concerns(int nodes) {
            this.nodes = nodes;
        }
    }

    final Concerns concerns;

    /**
     * How many nodes must be left out while it lasts, so that all others reach one another. Of a link without messages,
     * and so without gossip, that is one end; both if it carries no heartbeats, since the cluster may remove both. A tool is
     * none of them: of its links it is itself the end that is left out.
     */
    final int costs;

    Fault(Concerns concerns, int costs) {
        this.concerns = concerns;
        this.costs = costs;
    }

    /** A short incarnation is begun for it. */
    boolean isOfTool() {
        return this == TOOL_LEAVES
                || this == TOOL_IS_KILLED
                || this == TOOL_BEHIND_A_TOKEN
                || this == TOOL_BEHIND_A_CUT;
    }

    /** Whom it concerns may be gone from the cluster when it is over. */
    boolean takesAway() {
        return costs == concerns.nodes && costs > 0;
    }
}
