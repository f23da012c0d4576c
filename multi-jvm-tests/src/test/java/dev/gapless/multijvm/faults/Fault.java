package dev.gapless.multijvm.faults;

/** What is done to a node, a link or a subscription. */
enum Fault {
    PAUSE(Concerns.PROCESS),
    KILL_AND_STAY_AWAY(Concerns.PROCESS),
    KILL_AND_RESTART(Concerns.PROCESS),
    TERMINATE_WHILE_PAUSED(Concerns.PROCESS),
    LEAVE(Concerns.PROCESS),
    KILL_WHILE_IT_LEAVES(Concerns.PROCESS),
    BLACKHOLE(Concerns.PROCESS),
    JOIN(Concerns.NOBODY),
    RESET(Concerns.LINK),
    CUT_BOTH_WAYS(Concerns.LINK),
    CUT_ONE_WAY(Concerns.LINK),
    LOSE(Concerns.LINK),
    REFUSE(Concerns.LINK),
    FREEZE_SUBSCRIPTION(Concerns.SUBSCRIPTION),
    SLOW_SUBSCRIPTION(Concerns.SUBSCRIPTION),
    SUBSCRIBE_LATEST(Concerns.SUBSCRIPTION),
    SUBSCRIBE_EARLIEST(Concerns.SUBSCRIPTION),
    SUBSCRIBE_WITH_TOKEN(Concerns.SUBSCRIPTION);

    enum Concerns {
        PROCESS,
        LINK,
        SUBSCRIPTION,
        NOBODY
    }

    final Concerns concerns;

    Fault(Concerns concerns) {
        this.concerns = concerns;
    }
}
