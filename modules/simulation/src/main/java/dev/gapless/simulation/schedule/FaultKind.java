package dev.gapless.simulation.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The kinds of faults: what reports call each, its share of those drawn, and what it does to whom. */
enum FaultKind {
    LOSS("loss", 2, link(Faults::lose)),
    RESET("reset", 1, link((faults, one, other, random) -> faults.reset(one, other))),
    CUT("cut", 2, link((faults, one, other, random) -> faults.cut(one, other, true, random))),
    CUT_ONE_WAY("cut in one direction", 1, link((faults, from, to, random) -> faults.cut(from, to, false, random))),
    CLOGGED_LINK("clogged link", 1, link(Faults::clog)),
    PAUSE("pause", 2, process(Faults::pause)),
    RESTART("restart", 2, end(Faults::restart)),
    CRASH("crash", 1, end(Faults::crash)),
    CRASH_BETWEEN_EFFECTS("crash between two effects", 2, end(Faults::crashLater)),
    LEAVE("leave", 1, end(Faults::leave)),
    KILLED_WHILE_LEAVING("killed while leaving", 1, end(Faults::killWhileLeaving)),
    DOWNED("downed", 1, end(Faults::down)),
    CLOCK_JUMP("clock jump", 1, (faults, one, other, random) -> faults.jump(one, random)),
    CONTRADICTING_REACHABILITY("contradicting reachability", 1, link(Faults::contradict)),
    /** Of the node that begins again and again, in a long history. */
    ANOTHER_LIFE("another incarnation", 0, end(Faults::anotherIncarnation)),
    /** Several that strike within moments, and just when something happens. */
    CHAIN("chain", 0, (faults, one, other, random) -> faults.chain(one, random)),
    /** A node that starts and forms a cluster of its own. */
    ISLAND("an island", 0, end((faults, process, random) -> faults.several().island(process, random))),
    /** A node that comes to the smaller of two clusters for a moment. */
    VISIT(
            "a short incarnation on an island",
            0,
            (faults, one, other, random) -> faults.several().visit(one, random)),
    /** Members that remove each other, and live on. */
    SPLIT("a split", 0, (faults, one, other, random) -> faults.several().split(random));

    private static final List<FaultKind> BY_SHARE = new ArrayList<>();

    static {
        for (FaultKind kind : values()) {
            for (int i = 0; i < kind.share; i++) {
                BY_SHARE.add(kind);
            }
        }
    }

    /** Strikes one host, or the link between two, and returns what was done, or null if there was nothing to do it to. */
    private interface Blow {
        @Nullable String strike(Faults faults, Host one, Host other, SplittableRandom random);
    }

    private interface ProcessBlow {
        @Nullable String strike(Faults faults, NodeProcess process, SplittableRandom random);
    }

    private final String title;
    private final int share;

    @SuppressWarnings("ImmutableEnumChecker") // a function that keeps nothing
    private final Blow blow;

    FaultKind(String title, int share, Blow blow) {
        this.title = title;
        this.share = share;
        this.blow = blow;
    }

    private static Blow link(Blow blow) {
        return (faults, one, other, random) -> one == other ? null : blow.strike(faults, one, other, random);
    }

    private static Blow process(ProcessBlow blow) {
        return (faults, one, other, random) -> {
            NodeProcess process = one.process();
            return process == null ? null : blow.strike(faults, process, random);
        };
    }

    /** Of a process that ends by it: somebody must be left who could be told, unless there never is. */
    private static Blow end(ProcessBlow blow) {
        return process((faults, process, random) ->
                faults.nodesUp() < 2 && !faults.isSingle() ? null : blow.strike(faults, process, random));
    }

    /** Does a process end by it? */
    boolean ends() {
        return switch (this) {
            case RESTART, CRASH, CRASH_BETWEEN_EFFECTS, LEAVE, KILLED_WHILE_LEAVING, DOWNED -> true;
            default -> false;
        };
    }

    static FaultKind any(RandomGenerator random) {
        return BY_SHARE.get(random.nextInt(BY_SHARE.size()));
    }

    /** Returns what was done, or null if there was nothing to do it to. */
    @Nullable String strike(Faults faults, Host one, Host other, SplittableRandom random) {
        return blow.strike(faults, one, other, random);
    }

    @Override
    public String toString() {
        return title;
    }
}
