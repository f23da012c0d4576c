package dev.gapless.bench;

/** Of what a series of workloads has more and more. Nothing else differs between the workloads of a series. */
public enum Growth {
    NODES("as W1", "consumer nodes"),
    SYSTEMS("as W1, all consumer nodes in one JVM", "consumer nodes in that JVM"),
    TOPICS("as W1, the publisher takes topics in turn, rings of 2,000 messages", "topics"),
    SUBSCRIPTIONS("as W1", "subscriptions of the consumer node"),
    RING("as W1", "messages that the ring holds"),
    PAYLOAD("as W1", "bytes of a message"),
    BACKLOG("a subscription begins with the oldest message, again and again", "messages in the ring");

    private final String otherwise;
    private final String counted;

    Growth(String otherwise, String counted) {
        this.otherwise = otherwise;
        this.counted = counted;
    }

    /** What all workloads of the series do. */
    public String otherwise() {
        return otherwise;
    }

    /** What they have different numbers of. */
    public String counted() {
        return counted;
    }
}
