package dev.gapless.internal.wire;

import dev.gapless.core.Epoch;
import dev.gapless.core.Limits;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.ArrayList;
import java.util.List;

/** The messages between producers and readers on the wire: topic, reader, session, then what each has of its own. */
final class MessageCodec {
    static final String REGISTER = "R";
    static final String REGISTERED = "r";
    static final String CURSOR_EXPIRED = "X";
    static final String BATCH = "B";
    static final String HEARTBEAT = "H";
    static final String ACK = "A";
    static final String GONE = "G";
    static final String GONE_ACK = "g";
    static final String DEREGISTER = "D";
    static final String FETCH = "F";
    static final String FETCHED = "e";
    static final String FIND = "L";
    static final String FOUND = "l";

    private static final int LATEST = 0;
    private static final int EARLIEST = 1;
    private static final int BEGINNING = 2;
    private static final int SINCE = 3;
    private static final int AFTER = 4;
    private static final int COPY = 5;

    /** What a copy asks for, in one byte. */
    private static final int BEGINS = 1;

    private static final int HAS_PLACE = 2;
    private static final int HAS_LEAST = 4;

    /** What is said of a stream, in one byte. */
    private static final int PUBLISHES = 1;

    private static final int DURABLE = 2;
    private static final int EARLIER = 4;
    /** The log has earlier streams in front of its own. */
    private static final int BEHIND = 8;

    private MessageCodec() {}

    static String manifest(Message message) {
        if (message instanceof Batch) {
            return BATCH;
        } else if (message instanceof Ack) {
            return ACK;
        } else if (message instanceof Heartbeat) {
            return HEARTBEAT;
        } else if (message instanceof Register) {
            return REGISTER;
        } else if (message instanceof Registered) {
            return REGISTERED;
        } else if (message instanceof CursorExpired) {
            return CURSOR_EXPIRED;
        } else if (message instanceof Gone) {
            return GONE;
        } else if (message instanceof GoneAck) {
            return GONE_ACK;
        } else if (message instanceof Fetched) {
            return FETCHED;
        } else if (message instanceof Fetch) {
            return FETCH;
        } else if (message instanceof Found) {
            return FOUND;
        } else if (message instanceof Find) {
            return FIND;
        }
        return DEREGISTER;
    }

    static void write(Message message, WireBuffer out) {
        out.writeText(message.topic());
        out.writeNumber(message.reader());
        out.writeFixed(message.session().uid());
        out.writeNumber(message.session().counter());
        if (message instanceof Batch batch) {
            BatchCodec.write(batch, out);
        } else if (message instanceof Ack ack) {
            out.writeNumber(ack.sequence());
            out.writeNumber(ack.least() == Ack.KEEPS_NOTHING ? 0 : ack.least() + 1);
            out.writeNumber(ack.windowBytes());
        } else if (message instanceof Heartbeat heartbeat) {
            out.writeFixed(heartbeat.fromUid());
            out.writeNumber(heartbeat.sent());
            out.writeNumber(heartbeat.oldest());
            out.writeNumber(heartbeat.head());
        } else if (message instanceof Register register) {
            out.writeFixed(register.toUid());
            writeStart(register.start(), out);
            out.writeNumber(register.windowBytes());
        } else if (message instanceof Registered registered) {
            writeIdentity(registered.log(), out);
            out.writeNumber(registered.next());
            out.writeNumber(registered.oldest());
            out.writeNumber(registered.head());
            out.writeNumber(registered.quietMs());
        } else if (message instanceof CursorExpired expired) {
            out.writeByte(expired.reason().code());
            writeIdentity(expired.log(), out);
            out.writeNumber(expired.resumeAt());
            out.writeNumber(expired.oldest());
            out.writeNumber(expired.head());
            out.writeByte(expired.answersRegister() ? 1 : 0);
        } else if (message instanceof Gone gone) {
            out.writeNumber(gone.head());
        } else if (message instanceof GoneAck goneAck) {
            out.writeNumber(goneAck.head());
        } else if (message instanceof Fetch fetch) {
            out.writeNumber(fetch.first());
            out.writeNumber(fetch.mostBytes());
        } else if (message instanceof Fetched fetched) {
            BatchCodec.write(fetched, out);
        } else if (message instanceof Find find) {
            writeStart(find.start(), out);
        } else if (message instanceof Found found) {
            writeStart(found.start(), out);
            Reason lost = found.lost();
            out.writeByte(lost == null ? 0 : 1 + lost.code());
            writePosition(found.next(), out);
            out.writeNumber(found.oldest());
            out.writeNumber(found.head());
        }
    }

    static Message read(String manifest, WireBuffer in) {
        String topic = in.readText("topic", Limits.MAX_NAME);
        long reader = in.readNumber();
        Session session = new Session(in.readFixed(), in.readNumber());
        return switch (manifest) {
            case BATCH -> BatchCodec.read(topic, reader, session, in);
            case ACK -> new Ack(topic, reader, session, in.readNumber(), readLeast(in), in.readNumber());
            case HEARTBEAT ->
                new Heartbeat(
                        topic, reader, session, in.readFixed(), in.readNumber(), in.readNumber(), in.readNumber());
            case REGISTER -> new Register(topic, reader, session, in.readFixed(), readStart(in), in.readNumber());
            case REGISTERED ->
                new Registered(
                        topic,
                        reader,
                        session,
                        readIdentity(in),
                        in.readNumber(),
                        in.readNumber(),
                        in.readNumber(),
                        in.readNumber());
            case CURSOR_EXPIRED -> {
                Reason reason = Reason.of(in.readByte());
                yield new CursorExpired(
                        topic,
                        reader,
                        session,
                        reason,
                        readIdentity(in),
                        in.readNumber(),
                        in.readNumber(),
                        in.readNumber(),
                        in.readByte() == 1);
            }
            case GONE -> new Gone(topic, reader, session, in.readNumber());
            case GONE_ACK -> new GoneAck(topic, reader, session, in.readNumber());
            case FETCH -> new Fetch(topic, reader, session, in.readNumber(), in.readNumber());
            case FETCHED -> BatchCodec.readFetched(topic, reader, session, in);
            case FIND -> new Find(topic, reader, session, readStart(in));
            case FOUND -> readFound(topic, reader, session, in);
            case DEREGISTER -> new Deregister(topic, reader, session);
            default -> throw new IllegalArgumentException("No message has the manifest " + manifest);
        };
    }

    private static Found readFound(String topic, long reader, Session session, WireBuffer in) {
        Start start = readStart(in);
        int lost = in.readByte();
        return new Found(
                topic,
                reader,
                session,
                start,
                lost == 0 ? null : Reason.of(lost - 1),
                readPosition(in),
                in.readNumber(),
                in.readNumber());
    }

    private static long readLeast(WireBuffer in) {
        long written = in.readNumber();
        return written == 0 ? Ack.KEEPS_NOTHING : written - 1;
    }

    private static void writePosition(Position position, WireBuffer out) {
        out.writeFixed(position.epoch().id());
        out.writeNumber(position.sequence());
    }

    private static Position readPosition(WireBuffer in) {
        return new Position(new Epoch(in.readFixed()), in.readNumber());
    }

    private static void writeStart(Start start, WireBuffer out) {
        if (start instanceof Start.After after) {
            out.writeByte(AFTER);
            writePosition(after.position(), out);
        } else if (start instanceof Start.Copy copy) {
            out.writeByte(COPY);
            writeCopy(copy, out);
        } else if (start instanceof Start.Since since) {
            out.writeByte(SINCE);
            out.writeFixed(since.timeMs());
        } else if (start instanceof Start.Beginning) {
            out.writeByte(BEGINNING);
        } else if (start instanceof Start.Earliest) {
            out.writeByte(EARLIEST);
        } else {
            out.writeByte(LATEST);
        }
    }

    private static Start readStart(WireBuffer in) {
        int kind = in.readByte();
        return switch (kind) {
            case LATEST -> Start.LATEST;
            case EARLIEST -> Start.EARLIEST;
            case BEGINNING -> Start.BEGINNING;
            case SINCE -> new Start.Since(in.readFixed());
            case AFTER -> new Start.After(readPosition(in));
            case COPY -> readCopy(in);
            default -> throw new IllegalArgumentException("No start has the number " + kind);
        };
    }

    private static void writeCopy(Start.Copy copy, WireBuffer out) {
        Position after = copy.after();
        Position least = copy.least();
        out.writeByte((copy.begin() ? BEGINS : 0) | (after == null ? 0 : HAS_PLACE) | (least == null ? 0 : HAS_LEAST));
        if (after != null) {
            writePosition(after, out);
        }
        if (least != null) {
            writePosition(least, out);
        }
    }

    private static Start.Copy readCopy(WireBuffer in) {
        int flags = in.readByte();
        Position after = (flags & HAS_PLACE) == 0 ? null : readPosition(in);
        Position least = (flags & HAS_LEAST) == 0 ? null : readPosition(in);
        return new Start.Copy(after, (flags & BEGINS) != 0, least);
    }

    static void writeIdentity(LogIdentity log, WireBuffer out) {
        out.writeFixed(log.epoch().id());
        out.writeNumber(log.startedMs());
        boolean isEarlier = log.uid() != 0;
        boolean isBehind = !log.earlier().isEmpty();
        out.writeByte((log.publishes() ? PUBLISHES : 0)
                | (log.durable() ? DURABLE : 0)
                | (isEarlier ? EARLIER : 0)
                | (isBehind ? BEHIND : 0));
        if (isEarlier) {
            out.writeFixed(log.uid());
        }
        if (isBehind) {
            out.writeNumber(log.earlier().size());
            for (LogIdentity.Earlier one : log.earlier()) {
                out.writeFixed(one.uid());
                out.writeNumber(one.head());
            }
        }
    }

    static LogIdentity readIdentity(WireBuffer in) {
        Epoch epoch = new Epoch(in.readFixed());
        long startedMs = in.readNumber();
        int flags = in.readByte();
        long uid = (flags & EARLIER) == 0 ? 0 : in.readFixed();
        List<LogIdentity.Earlier> earlier = new ArrayList<>();
        if ((flags & BEHIND) != 0) {
            for (int left = in.readCount("streams of a log", Limits.MOST_EARLIER_STREAMS); left > 0; left--) {
                earlier.add(new LogIdentity.Earlier(in.readFixed(), in.readNumber()));
            }
        }
        return new LogIdentity(epoch, uid, startedMs, (flags & PUBLISHES) != 0, (flags & DURABLE) != 0, earlier);
    }
}
