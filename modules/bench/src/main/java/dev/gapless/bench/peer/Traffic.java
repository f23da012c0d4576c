package dev.gapless.bench.peer;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.remote.artery.RemoteInstrument;

/**
 * Counts what all nodes of this process send to other nodes for Gapless, as Pekko's remoting encodes it, with its envelope. What Pekko sends for
 * its cluster does not count. Pekko makes one of these for each connection; they count together.
 */
public final class Traffic extends RemoteInstrument {
    /** The JVM option of a process that counts. */
    public static final String OPTION = "-Dpekko.remote.artery.advanced.instruments.0=" + Traffic.class.getName();

    private static final String COUNTED = "dev.gapless.core.wire.";
    private static final byte IDENTIFIER = 7;
    private static final Map<String, Kind> KINDS = new ConcurrentHashMap<>();

    /** All messages of one class. */
    private static final class Kind {
        private final LongAdder messages = new LongAdder();
        private final LongAdder bytes = new LongAdder();
    }

    /** All so far. */
    public static Sent sent() {
        return KINDS.values().stream()
                .map(kind -> new Sent(kind.messages.sum(), kind.bytes.sum()))
                .reduce(Sent.NOTHING, Sent::plus);
    }

    /** All of these kinds so far: names of classes of {@code core.wire}. */
    public static Sent sent(String... kinds) {
        Sent sum = Sent.NOTHING;
        for (String name : kinds) {
            Kind kind = KINDS.get(name);
            sum = kind == null ? sum : sum.plus(new Sent(kind.messages.sum(), kind.bytes.sum()));
        }
        return sum;
    }

    /** How many messages of each kind, for people. */
    public static String kinds() {
        Map<String, Long> messages = new TreeMap<>();
        KINDS.forEach((name, kind) -> messages.put(name, kind.messages.sum()));
        return messages.toString();
    }

    @Override
    public byte identifier() {
        return IDENTIFIER;
    }

    @Override
    public void remoteMessageSent(ActorRef recipient, Object message, ActorRef sender, int size, long time) {
        if (message.getClass().getName().startsWith(COUNTED)) {
            Kind kind = KINDS.computeIfAbsent(message.getClass().getSimpleName(), name -> new Kind());
            kind.messages.increment();
            kind.bytes.add(size);
        }
    }

    @Override
    public void remoteWriteMetadata(ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {}

    @Override
    public void remoteReadMetadata(ActorRef recipient, Object message, ActorRef sender, ByteBuffer buffer) {}

    @Override
    public void remoteMessageReceived(ActorRef recipient, Object message, ActorRef sender, int size, long time) {}
}
