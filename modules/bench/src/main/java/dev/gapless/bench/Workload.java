package dev.gapless.bench;

/** What the processes of a round do. */
public enum Workload {
    W1("one publisher to one subscriber, as fast as it can", 1, 0),
    W2("one publisher to three subscribers, as fast as it can", 3, 0),
    W3("one publisher to one subscriber, 10,000 messages a second: latency", 1, 10_000);

    private final String description;
    private final int subscribers;
    private final int ratePerSecond;

    Workload(String description, int subscribers, int ratePerSecond) {
        this.description = description;
        this.subscribers = subscribers;
        this.ratePerSecond = ratePerSecond;
    }

    public String description() {
        return description;
    }

    public int subscribers() {
        return subscribers;
    }

    /** At which messages are published; 0 for as fast as the publisher can. */
    public int ratePerSecond() {
        return ratePerSecond;
    }

    /** Is the time that messages take what it is about? */
    public boolean isPaced() {
        return ratePerSecond > 0;
    }
}
