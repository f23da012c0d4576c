package dev.gapless.simulation.schedule;

import dev.gapless.core.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** An address, at which one process lives after the other, and its clock. */
final class Host {
    private final int index;
    private final String name;
    private final String address;
    private final boolean produces;
    private final int producesFrom;
    private final boolean consumes;
    private @Nullable NodeProcess process;
    private long clockSkewMs;
    private int driftPerMille;
    private final List<Long> lives = new ArrayList<>();

    /**
     * @param index counts from 0
     * @param producesFrom the first of its processes whose settings let it publish, counted from 1
     */
    Host(int index, boolean produces, int producesFrom, boolean consumes, boolean namedByItsAddress) {
        this.index = index;
        this.name = "n" + (index + 1);
        this.address = namedByItsAddress ? name : name + ":2551";
        this.produces = produces;
        this.producesFrom = producesFrom;
        this.consumes = consumes;
    }

    int index() {
        return index;
    }

    /** Another process starts here; returns which one, counted from 1. */
    int begin(long uid) {
        lives.add(uid);
        return lives.size();
    }

    /** Of the processes that started here: was one before this one, and does it pass this test? */
    boolean anyBefore(long uid, LongPredicate test) {
        return lives.stream().takeWhile(life -> life != uid).anyMatch(test::test);
    }

    String name() {
        return name;
    }

    /** Before it has told its name it goes under this. */
    String address() {
        return address;
    }

    boolean produces() {
        return produces;
    }

    /** Of the process that lives here now, or began last. */
    boolean mayProduce() {
        return lives.size() >= producesFrom;
    }

    TopicSettings settings(TopicSettings ofAll) {
        return mayProduce() ? ofAll : ofAll.with(draft -> draft.publishing = false);
    }

    boolean consumes() {
        return consumes;
    }

    /** Whoever lives here now, or null. */
    @Nullable NodeProcess process() {
        return process;
    }

    void process(@Nullable NodeProcess living) {
        process = living;
    }

    boolean isUp() {
        return process != null;
    }

    long clockSkewMs() {
        return clockSkewMs;
    }

    /** Its clock is set: it is wrong by this much from now on. */
    void clockSkewMs(long skewMs) {
        clockSkewMs = skewMs;
    }

    /** By how much its clocks are faster than right ones. */
    int driftPerMille() {
        return driftPerMille;
    }

    void driftPerMille(int perMille) {
        driftPerMille = perMille;
    }

    @Override
    public String toString() {
        return name;
    }
}
