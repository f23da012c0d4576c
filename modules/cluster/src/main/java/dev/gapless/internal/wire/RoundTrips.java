package dev.gapless.internal.wire;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The {@link RoundTrip} of each topic that a node publishes to. Thread-safe. */
public final class RoundTrips {
    /** Topics of which is remembered what was read back. Of further ones nothing is read back. */
    private static final int MOST = 10_000;

    private final Codec codec;
    private final Function<String, RoundTrip.Mode> modes;
    private final Map<String, RoundTrip> topics = new ConcurrentHashMap<>();
    private final RoundTrip none;

    /** Of topics that have these modes. */
    public RoundTrips(Codec codec, Function<String, RoundTrip.Mode> modes) {
        this.codec = codec;
        this.modes = modes;
        this.none = new RoundTrip("", RoundTrip.Mode.OFF, codec);
    }

    /** That of this topic. */
    public RoundTrip of(String topic) {
        RoundTrip known = topics.get(topic);
        if (known != null) {
            return known;
        }
        return topics.size() < MOST ? topics.computeIfAbsent(topic, this::make) : none;
    }

    private RoundTrip make(String topic) {
        return new RoundTrip(topic, modes.apply(topic), codec);
    }
}
