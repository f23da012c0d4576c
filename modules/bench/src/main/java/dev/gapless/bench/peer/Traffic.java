package dev.gapless.bench.peer;

import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.remote.artery.RemoteInstrument;

/**
 * Counts what all nodes of this process send to other nodes for topics, as Pekko's remoting encodes it, with its envelope. What nodes tell each
 * other as members does not count. Pekko makes one of these for each connection; they count together.
 */
public final class Traffic extends RemoteInstrument {
    /** The JVM option of a process that counts. */
    public static final String OPTION = "-Dpekko.remote.artery.advanced.instruments.0=" + Traffic.class.getName();

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

    /** Those of one kind so far: the name of its class. */
    public static Sent sent(String name) {
        Kind kind = KINDS.get(name);
        return kind == null ? Sent.NOTHING : new Sent(kind.messages.sum(), kind.bytes.sum());
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
        if (message instanceof Packet && !(message instanceof NodeMessage)) {
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
