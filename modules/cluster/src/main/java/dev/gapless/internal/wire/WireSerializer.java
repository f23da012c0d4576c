package dev.gapless.internal.wire;

import dev.gapless.core.Limits;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Ping;
import java.io.NotSerializableException;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes what passes between node actors into the transport's buffer, and reads it from there. The first byte is the version of the
 * format. What another version or a stranger sends is refused with what is wrong with it; nothing is allocated for a length
 * that is not there. What stands behind a message's last field is not looked at: there later releases add fields, without another
 * version.
 */
public final class WireSerializer extends SerializerWithStringManifest implements ByteBufferSerializer {
    static final int IDENTIFIER = 1_734_438_000;
    /** Of the wire format: the first byte of each message. */
    public static final byte VERSION = 8;

    private static final String HELLO = "h";
    private static final String PING = "p";
    private static final String FAREWELL = "f";
    private static final String ASK_HISTORY = "Q";
    private static final String HISTORY_PART = "q";
    private static final String WHO = "W";
    private static final String GIVE_WAY = "Y";
    private static final String STATUS_REQUEST = "S";
    private static final String STATUS_REPLY = "s";
    private static final int FIRST_ARRAY_BYTES = 4 * 1024;
    private static final int MAX_ARRAY_BYTES = 64 * 1024 * 1024;

    /** Made by Pekko. */
    public WireSerializer(ExtendedActorSystem system) {}

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    @Override
    public String manifest(Object message) {
        if (message instanceof Message m) {
            return MessageCodec.manifest(m);
        } else if (message instanceof Ping) {
            return PING;
        } else if (message instanceof Hello) {
            return HELLO;
        } else if (message instanceof Farewell) {
            return FAREWELL;
        } else if (message instanceof AskHistory) {
            return ASK_HISTORY;
        } else if (message instanceof HistoryPart) {
            return HISTORY_PART;
        } else if (message instanceof ClusterProbe) {
            return WHO;
        } else if (message instanceof GiveWay) {
            return GIVE_WAY;
        } else if (message instanceof StatusMessage.Request) {
            return STATUS_REQUEST;
        } else if (message instanceof StatusMessage.Reply) {
            return STATUS_REPLY;
        }
        throw new IllegalArgumentException("Not a message of Gapless: " + message.getClass());
    }

    @Override
    public void toBinary(Object message, ByteBuffer buffer) {
        WireBuffer out = new WireBuffer(buffer);
        out.writeByte(VERSION);
        if (message instanceof Message m) {
            MessageCodec.write(m, out);
        } else if (message instanceof Ping ping) {
            out.writeFixed(ping.fromUid());
            out.writeFixed(ping.toUid());
            out.writeNumber(ping.counter());
            out.writeNumber(ping.heard());
            out.writeNumber(ping.forgotten());
            out.writeFixed(ping.timeMs());
            out.writeFixed(ping.history());
        } else if (message instanceof Hello hello) {
            out.writeFixed(hello.fromUid());
            out.writeFixed(hello.toUid());
            out.writeText(hello.node());
            out.writeNumber(hello.actors().size());
            hello.actors().forEach(out::writeInt);
            out.writeByte(hello.answer() ? 1 : 0);
            out.writeFixed(hello.startedMs());
            out.writeFixed(hello.timeMs());
            out.writeNumber(hello.ageMs());
            out.writeByte(hello.publishes() ? 1 : 0);
        } else if (message instanceof Farewell farewell) {
            HistoryCodec.write(farewell, out);
        } else if (message instanceof AskHistory ask) {
            HistoryCodec.write(ask, out);
        } else if (message instanceof HistoryPart part) {
            HistoryCodec.write(part, out);
        } else if (message instanceof ClusterProbe who) {
            OtherClusterCodec.write(who, out);
        } else if (message instanceof GiveWay giveWay) {
            OtherClusterCodec.write(giveWay, out);
        } else if (message instanceof StatusMessage.Request request) {
            out.writeNumber(request.number());
            out.writeFixed(request.fromUid());
            out.writeFixed(request.toUid());
        } else if (message instanceof StatusMessage.Reply reply) {
            out.writeNumber(reply.number());
            out.writeFixed(reply.fromUid());
            out.writeText(reply.json());
        }
    }

    @Override
    public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
        try {
            WireBuffer in = new WireBuffer(buffer);
            int version = in.readByte();
            if (version != VERSION) {
                return new OtherVersion(version);
            }
            return switch (manifest) {
                case PING ->
                    new Ping(
                            in.readFixed(),
                            in.readFixed(),
                            in.readNumber(),
                            in.readNumber(),
                            in.readNumber(),
                            in.readFixed(),
                            in.readFixed());
                case HELLO ->
                    new Hello(
                            in.readFixed(),
                            in.readFixed(),
                            in.readText("node", Limits.MAX_NAME),
                            readActors(in),
                            in.readByte() == 1,
                            in.readFixed(),
                            in.readFixed(),
                            in.readNumber(),
                            in.readByte() == 1);
                case FAREWELL -> HistoryCodec.readFarewell(in);
                case ASK_HISTORY -> HistoryCodec.readAsk(in);
                case HISTORY_PART -> HistoryCodec.readPart(in);
                case WHO -> OtherClusterCodec.readWho(in);
                case GIVE_WAY -> OtherClusterCodec.readGiveWay(in);
                case STATUS_REQUEST -> new StatusMessage.Request(in.readNumber(), in.readFixed(), in.readFixed());
                case STATUS_REPLY ->
                    new StatusMessage.Reply(in.readNumber(), in.readFixed(), in.readText("status", buffer.remaining()));
                default -> MessageCodec.read(manifest, in);
            };
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            NotSerializableException unreadable = new NotSerializableException(
                    "A message of Gapless (" + manifest + ") cannot be read: " + e.getMessage());
            unreadable.initCause(e);
            throw unreadable;
        }
    }

    private static List<Integer> readActors(WireBuffer in) {
        int count = in.readCount("actors", Limits.MAX_SHARDS + 1);
        List<Integer> actors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            actors.add(in.readInt());
        }
        return actors;
    }

    @Override
    public byte[] toBinary(Object message) {
        for (int size = FIRST_ARRAY_BYTES; size <= MAX_ARRAY_BYTES; size *= 4) {
            try {
                ByteBuffer buffer = ByteBuffer.allocate(size);
                toBinary(message, buffer);
                byte[] bytes = new byte[buffer.position()];
                buffer.flip().get(bytes);
                return bytes;
            } catch (BufferOverflowException tooSmall) {
                // A larger one, then.
            }
        }
        throw new IllegalArgumentException("A message of more than " + MAX_ARRAY_BYTES + " bytes");
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        return fromBinary(
                ByteBuffer.wrap(bytes).asReadOnlyBuffer(), manifest); // it may be the caller's: nothing of it is kept
    }
}
