package dev.gapless.simulation.scenario;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.HistoryId;
import dev.gapless.core.OtherCluster;
import dev.gapless.core.Position;
import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.CursorExpired;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.GiveWay;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Heartbeat;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Ping;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Words for what has only numbers. The second incarnation of n1 is n1.2, its log n1.2, a message of it n1.2:5, and the third session
 * of the first incarnation of n2 is n2/3.
 */
final class Names {
    /** When scenarios begin, in milliseconds since 1970: far enough from the beginning of time. */
    static final long BEGIN_MS = 1_000_000_000L;

    private final Map<Long, String> incarnations = new HashMap<>();
    private final Map<Epoch, String> logs = new HashMap<>();

    void incarnation(long uid, String name) {
        incarnations.put(uid, name);
    }

    void log(Epoch epoch, String name) {
        logs.put(epoch, name);
    }

    String incarnation(long uid) {
        return incarnations.getOrDefault(uid, "nobody");
    }

    String log(@Nullable Epoch epoch) {
        return epoch == null ? "?" : logs.getOrDefault(epoch, "unknown");
    }

    Epoch epoch(String name) {
        return logs.entrySet().stream()
                .filter(log -> log.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no log " + name));
    }

    String position(@Nullable Position position) {
        return position == null ? "?" : log(position.epoch()) + ":" + position.sequence();
    }

    Position position(String text) {
        int colon = text.indexOf(':');
        return new Position(epoch(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    String session(Session session) {
        String incarnation = incarnation(session.uid());
        return (incarnation.endsWith(".1") ? incarnation.substring(0, incarnation.length() - 2) : incarnation) + "/"
                + session.counter();
    }

    String gap(Gap gap) {
        StringBuilder text =
                new StringBuilder((gap.node() == null ? "nobody knows of whom," : gap.node()) + " " + gap.reason());
        if (gap.missed() != null) {
            text.append(", misses ").append(gap.missed()).append(" from ");
        } else if (gap.firstMissing() != null) {
            text.append(", misses nobody knows how many from ");
        }
        if (gap.firstMissing() != null) {
            text.append(log(gap.epoch())).append(':').append(gap.firstMissing());
        }
        return text.append(gap.resumesAt() == null ? ", and nothing follows" : ", goes on at ")
                .append(gap.resumesAt() == null ? "" : position(gap.resumesAt()))
                .toString();
    }

    String start(Start start) {
        if (start instanceof Start.After after) {
            return "after " + position(after.position());
        } else if (start instanceof Start.Copy copy) {
            return "copy after " + position(copy.after()) + (copy.begin() ? ", else oldest" : "") + ", least "
                    + position(copy.least());
        } else if (start instanceof Start.Since since) {
            return "since " + (since.timeMs() - BEGIN_MS) + "ms";
        }
        return start.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    String message(Object message) {
        if (message instanceof Hello hello) {
            return "Hello " + hello.node() + (hello.answer() ? ", an answer" : "");
        } else if (message instanceof Ping ping) {
            return "Ping " + ping.counter() + " heard " + ping.heard();
        } else if (message instanceof AskHistory ask) {
            return "AskHistory " + ask.number();
        } else if (message instanceof HistoryPart part) {
            return "HistoryPart " + part.number() + (part.parts() > 1 ? "/" + part.index() : "")
                    + (part.historyId() == HistoryId.UNKNOWN ? "" : ", whole") + departures(part.departures())
                    + clusters(part.clusters());
        } else if (message instanceof Farewell farewell) {
            return "Farewell" + ends(farewell.published());
        } else if (message instanceof ClusterProbe who) {
            return "Who " + incarnation(who.fromUid()) + (who.answer() ? ", an answer" : "");
        } else if (message instanceof GiveWay giveWay) {
            return "GiveWay to " + giveWay.address();
        }
        Message sent = (Message) message;
        String reader = sent.reader() == Message.SHARED_READER ? "" : "#" + sent.reader();
        return message.getClass().getSimpleName() + " " + session(sent.session()) + reader + what(sent);
    }

    private String clusters(List<OtherCluster> clusters) {
        return clusters.stream()
                .map(one -> ", cluster of " + incarnation(one.oldestUid()) + (one.isOpen() ? " " : " gone, was ")
                        + one.stage().name().toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }

    private String departures(List<Departure> departures) {
        return departures.stream()
                .map(one -> ", " + incarnation(one.uid()) + (one.published() == null ? "" : ends(one.published())))
                .collect(Collectors.joining());
    }

    private String ends(Map<Epoch, Long> published) {
        return published.isEmpty()
                ? " without a message"
                : published.entrySet().stream()
                        .map(end -> " at " + log(end.getKey()) + ":" + end.getValue())
                        .collect(Collectors.joining());
    }

    /** Up to where a token says that its subscription has read, stream by stream. */
    String token(CursorToken token) {
        String entries = token.entries().stream().map(this::entry).collect(Collectors.joining(", "));
        return entries.isEmpty() ? "without a position" : entries;
    }

    private String entry(CursorToken.Entry entry) {
        String where = entry.sequence() == CursorToken.Entry.UNKNOWN ? " without a position" : ":" + entry.sequence();
        return log(entry.epoch()) + where + (entry.over() ? " over" : "");
    }

    private String what(Message message) {
        return message instanceof Deregister ? "" : " " + contents(message);
    }

    private String contents(Message message) {
        if (message instanceof Register register) {
            String incarnation = incarnation(register.toUid());
            return (incarnation.endsWith(".1") ? "" : "to " + incarnation + " ")
                    + start(register.start())
                    + (register.windowBytes() == 0 ? ", window 0" : "");
        } else if (message instanceof Registered registered) {
            return "log " + log(registered.log().epoch()) + " next " + registered.next() + " oldest "
                    + registered.oldest() + " head " + registered.head();
        } else if (message instanceof CursorExpired expired) {
            return expired.reason() + " log " + log(expired.log().epoch()) + " resumes at " + expired.resumeAt()
                    + " head " + expired.head() + (expired.answersRegister() ? "" : ", unasked");
        } else if (message instanceof Batch batch) {
            return range(batch.first(), batch.last()) + " head " + batch.head();
        } else if (message instanceof Heartbeat heartbeat) {
            return "sent " + heartbeat.sent() + " head " + heartbeat.head();
        } else if (message instanceof Ack ack) {
            String least = ack.least() == Ack.KEEPS_NOTHING
                    ? ", keeps nothing"
                    : ack.least() == ack.sequence() ? "" : ", least " + ack.least();
            return ack.sequence() + least + (ack.windowBytes() == 0 ? ", window 0" : "");
        } else if (message instanceof Gone gone) {
            return "head " + gone.head();
        } else if (message instanceof GoneAck gone) {
            return "head " + gone.head();
        }
        return asked(message);
    }

    private String asked(Message message) {
        if (message instanceof Fetch fetch) {
            return "from " + fetch.first();
        } else if (message instanceof Fetched fetched) {
            int count = Batch.count(fetched.slices());
            return (count == 0 ? "nothing at " + fetched.first() : range(fetched.first(), fetched.first() + count - 1))
                    + " oldest " + fetched.oldest() + " head " + fetched.head();
        } else if (message instanceof Find find) {
            return start(find.start());
        }
        Found found = (Found) message;
        return start(found.start()) + (found.lost() == null ? " at " : " " + found.lost() + ", next ")
                + position(found.next()) + " head " + found.head();
    }

    private static String range(long first, long last) {
        return first + (last > first ? ".." + last : "");
    }
}
