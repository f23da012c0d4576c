package dev.gapless.node.demo;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a node of the demo says to the demo: a line of words each, on its standard output. */
sealed interface DemoReport {

    /** It listens there, and has joined nothing yet. */
    record Listening(String address) implements DemoReport {}

    /** It is a member. */
    record Up() implements DemoReport {}

    /** It subscribes, and will get whatever is published from now on. */
    record Subscribed() implements DemoReport {}

    /** It serves clients there. */
    record Serving(String url) implements DemoReport {}

    /** It is about to publish this: said before, so that a kill cannot come between. */
    record Publishing(long incarnation, long number, int checksum) implements DemoReport {}

    /** It publishes no more; so many were published by this process. */
    record Stopped(long incarnation, long count) implements DemoReport {}

    /** Its subscription got a message. */
    record Got(String node, Position position, long incarnation, long number, int checksum) implements DemoReport {}

    /** Its subscription was told that it missed something. */
    record Expired(List<Gap> gaps) implements DemoReport {}

    /** Its subscription was told that this node left. */
    record Left(String node) implements DemoReport {}

    /** It cannot go on. */
    record Broken(String why) implements DemoReport {}

    static Got got(Delivery<FlightEvent> delivery) {
        FlightEvent event = Objects.requireNonNull(delivery.message());
        return new Got(delivery.node(), delivery.position(), event.incarnation(), event.number(), event.checksum());
    }

    static Expired expired(CursorExpired<FlightEvent> expired) {
        return new Expired(expired.gaps());
    }

    /** As a line. */
    default String line() {
        if (this instanceof Listening r) {
            return "listening " + r.address;
        } else if (this instanceof Up) {
            return "up";
        } else if (this instanceof Subscribed) {
            return "subscribed";
        } else if (this instanceof Serving r) {
            return "serving " + r.url;
        } else if (this instanceof Publishing r) {
            return "publishing " + r.incarnation + " " + r.number + " " + r.checksum;
        } else if (this instanceof Stopped r) {
            return "stopped " + r.incarnation + " " + r.count;
        } else if (this instanceof Got r) {
            return "got " + r.node + " " + r.position.epoch() + " " + r.position.sequence() + " " + r.incarnation + " "
                    + r.number + " " + r.checksum;
        } else if (this instanceof Expired r) {
            StringBuilder line = new StringBuilder("expired");
            for (Gap gap : r.gaps) {
                Position resumes = gap.resumesAt();
                line.append(' ').append(word(gap.node())).append(' ').append(gap.reason());
                line.append(' ').append(word(gap.epoch())).append(' ').append(word(gap.firstMissing()));
                line.append(' ').append(word(gap.missed()));
                line.append(' ').append(word(resumes == null ? null : resumes.epoch()));
                line.append(' ').append(word(resumes == null ? null : resumes.sequence()));
            }
            return line.toString();
        } else if (this instanceof Left r) {
            return "left " + r.node;
        } else if (this instanceof Broken r) {
            return "broken " + r.why;
        }
        throw new AssertionError(this);
    }

    /** From a line, or null if it is something else that the process prints. */
    static @Nullable DemoReport parse(String line) {
        String[] words = line.split(" ", -1);
        return switch (words[0]) {
            case "listening" -> new Listening(words[1]);
            case "up" -> new Up();
            case "subscribed" -> new Subscribed();
            case "serving" -> new Serving(words[1]);
            case "publishing" ->
                new Publishing(Long.parseLong(words[1]), Long.parseLong(words[2]), Integer.parseInt(words[3]));
            case "stopped" -> new Stopped(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "got" ->
                new Got(
                        words[1],
                        new Position(Epoch.parse(words[2]), Long.parseLong(words[3])),
                        Long.parseLong(words[4]),
                        Long.parseLong(words[5]),
                        Integer.parseInt(words[6]));
            case "expired" -> new Expired(gaps(words));
            case "left" -> new Left(words[1]);
            case "broken" -> new Broken(line.substring("broken ".length()));
            default -> null;
        };
    }

    private static List<Gap> gaps(String[] words) {
        List<Gap> gaps = new ArrayList<>();
        for (int i = 1; i + 7 <= words.length; i += 7) {
            Epoch resumes = epoch(words[i + 5]);
            Long resumesAt = number(words[i + 6]);
            gaps.add(new Gap(
                    words[i].equals("-") ? null : words[i],
                    Reason.valueOf(words[i + 1]),
                    epoch(words[i + 2]),
                    number(words[i + 3]),
                    number(words[i + 4]),
                    resumes == null || resumesAt == null ? null : new Position(resumes, resumesAt)));
        }
        return gaps;
    }

    private static String word(@Nullable Object value) {
        return value == null ? "-" : value.toString();
    }

    private static @Nullable Epoch epoch(String word) {
        return word.equals("-") ? null : Epoch.parse(word);
    }

    private static @Nullable Long number(String word) {
        return word.equals("-") ? null : Long.valueOf(word);
    }
}
