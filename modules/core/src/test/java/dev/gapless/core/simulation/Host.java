package dev.gapless.core.simulation;

/** An address, at which one node lives after the other. */
final class Host {
    private final String name;
    private final boolean produces;
    private final boolean consumes;
    private Node node;
    private long clockSkewMs;

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
    Node node() {
        return node;
    }

    void node(Node living) {
        node = living;
    }

    boolean isUp() {
        return node != null;
    }

    long clockSkewMs() {
        return clockSkewMs;
    }

    void clockSkewMs(long skewMs) {
        clockSkewMs = skewMs;
    }

    @Override
    public String toString() {
        return name;
    }
}
