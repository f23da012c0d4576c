package dev.gapless.testkit;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.ProducerLeft;
import dev.gapless.Undecodable;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what happened, for whoever reads why a test failed. */
final class Words {
    private Words() {}

    static String of(Event<?> event) {
        if (event instanceof Delivery<?> delivery) {
            String place = "message " + delivery.position().sequence() + " of " + delivery.node();
            return delivery.isDeleted()
                    ? place + " (key " + delivery.key() + " was deleted)"
                    : place + " (" + delivery.message() + ")";
        } else if (event instanceof CursorExpired<?> expired) {
            return "an expiry of " + expired.gaps().stream().map(Words::of).collect(Collectors.joining(" and of "));
        } else if (event instanceof ProducerLeft<?> left) {
            return "that " + left.node() + " left";
        } else if (event instanceof Undecodable<?> undecodable) {
            return "message " + undecodable.position().sequence() + " of " + undecodable.node()
                    + ", which cannot be decoded (" + undecodable.cause() + ")";
        }
        Ended<?> ended = (Ended<?>) event;
        return "the end of the subscription (" + ended.reason() + (ended.cause() == null ? "" : ": " + ended.cause())
                + ")";
    }

    private static String of(Gap gap) {
        String missing = gap.missed() == null ? "" : ", " + gap.missed() + " missing";
        return expiryOf(gap.node(), gap.reason(), missing);
    }

    static String expiryOf(@Nullable String node, Reason reason, String more) {
        return (node == null ? "an unknown node" : node) + " (" + reason + more + ")";
    }
}
