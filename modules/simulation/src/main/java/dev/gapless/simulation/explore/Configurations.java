package dev.gapless.simulation.explore;

import java.util.List;

/** The small cases that are explored. */
public final class Configurations {
    private Configurations() {}

    public static final List<Configuration> ALL = List.of(
            Configuration.of("loss")
                    .host("a", 4, 0)
                    .host("b", 0, 1)
                    .inBatches()
                    .may(Kind.LOSE, 2)
                    .atLeast(9_500, 23),
            Configuration.of("silence")
                    .host("a", 3, 0, Kind.FORGET)
                    .host("b", 0, 1, Kind.SUSPECT, Kind.EARLY)
                    .may(Kind.FORGET, 1)
                    .may(Kind.SUSPECT, 1)
                    .may(Kind.EARLY, 1)
                    .may(Kind.RESET, 1)
                    .atLeast(22_500, 18),
            Configuration.of("restart of the producer")
                    .host("a", 2, 0, Kind.CRASH, Kind.START)
                    .host("b", 0, 1)
                    .may(Kind.LOSE, 1)
                    .may(Kind.CRASH, 1)
                    .may(Kind.START, 1)
                    .atLeast(8_200, 21),
            Configuration.of("two subscriptions, feed overrun")
                    .host("a", 4, 0)
                    .host("b", 0, 2)
                    .may(Kind.LOSE, 1)
                    .atLeast(9_100, 22),
            Configuration.of("token, in the same life")
                    .readsAtOnce()
                    .host("a", 2, 0, Kind.RESTART)
                    .host("b", 0, 1, Kind.STOP, Kind.RESUME)
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.RESTART, 1)
                    .atLeast(34_000, 24),
            Configuration.of("token, on another node")
                    .readsAtOnce()
                    .host("a", 2, 0)
                    .host("b", 0, 1, Kind.STOP)
                    .host("c", 0, 0, Kind.RESUME)
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .atLeast(1_560, 18),
            Configuration.of("backpressure")
                    .host("a", 4, 0)
                    .host("b", 0, 1)
                    .backpressure()
                    .window(1, 1)
                    .may(Kind.LOSE, 1)
                    .atLeast(2_700, 24),
            Configuration.of("leave, with loss")
                    .host("a", 2, 0, Kind.LEAVE, Kind.START)
                    .host("b", 0, 1)
                    .may(Kind.LOSE, 1)
                    .may(Kind.LEAVE, 1)
                    .may(Kind.START, 1)
                    .atLeast(4_000, 22),
            Configuration.of("catch-up joins the feed")
                    .host("a", 2, 0)
                    .host("b", 0, 1, Kind.STOP, Kind.RESUME)
                    .ring(1)
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .atLeast(3_800, 22),
            Configuration.of("silent member, token")
                    .readsAtOnce()
                    .silent("a", 1, 0, Kind.CRASH)
                    .host("b", 0, 1, Kind.STOP, Kind.RESUME, Kind.EARLY)
                    .cold()
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.EARLY, 1)
                    .may(Kind.CRASH, 1)
                    .atLeast(41_000, 23),
            Configuration.of("two consumers")
                    .readsAtOnce()
                    .host("a", 2, 0)
                    .host("b", 0, 1)
                    .host("c", 0, 1)
                    .ring(1)
                    .may(Kind.LOSE, 1)
                    .atLeast(280, 14));

    /** Too many states for every day. */
    public static final List<Configuration> LARGE = List.of(
            Configuration.of("two consumers, all at once")
                    .host("a", 4, 0, Kind.RESTART)
                    .host("b", 0, 1)
                    .host("c", 0, 1)
                    .may(Kind.LOSE, 2)
                    .may(Kind.RESET, 1)
                    .may(Kind.RESTART, 1)
                    .atLeast(100_000, 20),
            Configuration.of("catch-up joins the feed, loss")
                    .host("a", 3, 0)
                    .host("b", 0, 1, Kind.STOP, Kind.RESUME)
                    .ring(1)
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.LOSE, 1)
                    .atLeast(1_000, 20),
            Configuration.of("silent member, token, restart")
                    .readsAtOnce()
                    .silent("a", 1, 0, Kind.CRASH, Kind.START)
                    .host("b", 0, 1, Kind.STOP, Kind.RESUME, Kind.EARLY)
                    .cold()
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.EARLY, 1)
                    .may(Kind.CRASH, 1)
                    .may(Kind.START, 1)
                    .atLeast(1_000, 20),
            Configuration.of("two producers, one silent, token")
                    .readsAtOnce()
                    .silent("a", 1, 0, Kind.CRASH)
                    .host("b", 1, 0)
                    .host("c", 0, 1, Kind.STOP, Kind.RESUME, Kind.EARLY)
                    .cold()
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.EARLY, 1)
                    .may(Kind.CRASH, 1)
                    .atLeast(1_000, 20),
            Configuration.of("two consumers, loss and reset")
                    .readsAtOnce()
                    .host("a", 2, 0, Kind.CRASH, Kind.START)
                    .host("b", 0, 1)
                    .host("c", 0, 1)
                    .ring(1)
                    .may(Kind.LOSE, 1)
                    .may(Kind.RESET, 1)
                    .may(Kind.CRASH, 1)
                    .may(Kind.START, 1)
                    .atLeast(1_000, 20),
            Configuration.of("token, on another node, restart")
                    .readsAtOnce()
                    .host("a", 2, 0, Kind.RESTART)
                    .host("b", 0, 1, Kind.STOP)
                    .host("c", 0, 0, Kind.RESUME)
                    .may(Kind.STOP, 1)
                    .may(Kind.RESUME, 1)
                    .may(Kind.RESTART, 1)
                    .atLeast(1_000, 20));
}
