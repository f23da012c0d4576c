package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.json.RequestException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How often clients came, went and were refused, of all time. What it counts by is known at the start, and bounded. Thread-safe. */
public final class Tally {
    /** A client that went by itself, or whose connection broke. */
    private static final String GONE = "gone";

    private static final List<String> PROTOCOLS = List.of("websocket", "sse", "grpc");
    /** Of which those who are mute are ended for others. */
    private static final List<String> MUTE = List.of("http", "grpc", "websocket", "management");

    private static final List<String> WEB_SERVER = List.of("bad_request", "head_too_large");

    private final Map<String, LongAdder> connected = counters(PROTOCOLS.stream());
    private final Map<String, LongAdder> refused =
            counters(Stream.concat(Arrays.stream(Kind.values()).map(Kind::code), WEB_SERVER.stream()));
    private final Map<String, LongAdder> closed =
            counters(Stream.concat(Closing.ALL.stream().map(why -> Integer.toString(why.status())), Stream.of(GONE)));

    private final Map<String, LongAdder> muteEnded = counters(MUTE.stream());

    private final Map<String, LongAdder> connectionErrors = counters(Stream.of("http", "grpc"));

    private static Map<String, LongAdder> counters(Stream<String> names) {
        Map<String, LongAdder> counters = new TreeMap<>();
        names.forEach(name -> counters.put(name, new LongAdder()));
        return counters;
    }

    /** A client of this protocol has connected. */
    void connected(String protocol) {
        count(connected, protocol);
    }

    /** A request, a command or a message was refused with this code. */
    public void refused(String code) {
        count(refused, code);
    }

    /** A client has ended: for this reason, or by itself if null. */
    public void closed(@Nullable Closing why) {
        count(closed, why == null ? GONE : Integer.toString(why.status()));
    }

    private static void count(Map<String, LongAdder> counters, String name) {
        LongAdder counter = counters.get(name);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Counts what was wrong with connections, before or beside any request. */
    public LongAdder connectionErrors(String protocol) {
        return Objects.requireNonNull(connectionErrors.get(protocol));
    }

    /** By protocol. */
    public Map<String, LongAdder> connectionErrors() {
        return connectionErrors;
    }

    /** Counts connections, or WebSockets, that were ended to make room before they had said who they are. */
    public LongAdder muteEnded(String protocol) {
        return Objects.requireNonNull(muteEnded.get(protocol));
    }

    /** By protocol. */
    public Map<String, LongAdder> muteEnded() {
        return muteEnded;
    }

    /** By protocol. */
    public Map<String, LongAdder> connected() {
        return connected;
    }

    /** By code. */
    public Map<String, LongAdder> refused() {
        return refused;
    }

    /** By the status of the close, as WebSockets have it; {@code gone} for those that went by themselves. */
    public Map<String, LongAdder> closed() {
        return closed;
    }
}
