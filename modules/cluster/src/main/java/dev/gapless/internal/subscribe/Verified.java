package dev.gapless.internal.subscribe;

import dev.gapless.Unconfirmed;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With {@code pekko.actor.serialize-messages = on}, a switch for tests, Pekko drops what it cannot serialize, and the sender is not told.
 * A subscription would wait for the confirmation for ever.
 */
public final class Verified {
    private static final Logger LOG = LoggerFactory.getLogger(Verified.class);

    private Verified() {}

    /** The same function; where Pekko would drop what it returns it throws IllegalStateException, which says so. */
    public static <T, M> Function<Unconfirmed<T>, ? extends M> of(
            ActorSystem system, String topic, Function<Unconfirmed<T>, ? extends M> wrap) {
        if (!system.settings().config().getBoolean("pekko.actor.serialize-messages")) {
            return wrap;
        }
        Serialization serialization = SerializationExtension.get(system);
        List<String> exempt = system.settings()
                .config()
                .getStringList("pekko.actor.no-serialization-verification-needed-class-prefix");
        return unconfirmed -> {
            M message = wrap.apply(unconfirmed);
            if (!(message instanceof NoSerializationVerificationNeeded)
                    && exempt.stream().noneMatch(message.getClass().getName()::startsWith)) {
                check(serialization, topic, message);
            }
            return message;
        };
    }

    private static void check(Serialization serialization, String topic, Object message) {
        var bytes = serialization.serialize(message);
        if (bytes.isFailure()) {
            IllegalStateException why = new IllegalStateException(
                    "Topic " + topic + ": " + message.getClass().getName()
                            + " cannot be sent to the subscribed actor, as pekko.actor.serialize-messages = on has each message"
                            + " serialized, and an Unconfirmed never is. Let the class implement"
                            + " NoSerializationVerificationNeeded, or switch that off",
                    bytes.failed().get());
            LOG.error("{}. The subscription ends", why.getMessage());
            throw why;
        }
    }
}
