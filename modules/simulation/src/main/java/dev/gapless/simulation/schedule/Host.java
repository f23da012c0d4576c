package dev.gapless.simulation.schedule;

import org.jspecify.annotations.Nullable;

/** An address, at which one process lives after the other, and its clock. */
final class Host {
    private final String name;
    private final boolean produces;
    private final boolean consumes;
    private @Nullable NodeProcess process;
    private long clockSkewMs;
    private int driftPerMille;

    Host(String name, boolean produces, boolean consumes) {
        this.name = name;
        this.produces = produces;
        this.consumes = consumes;
    }

    String name() {
        return name;
    }

    /** Before it has told its name it goes under this. */
    String address() {
        return name + ":2551";
    }

    boolean produces() {
        return produces;
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
