package dev.gapless.internal.wire;

import com.fasterxml.jackson.databind.ObjectReader;
import com.typesafe.config.Config;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Slice;
import java.util.Optional;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serialization$;
import org.apache.pekko.serialization.jackson.JacksonObjectMapperProvider;
import org.apache.pekko.serialization.jackson.JacksonSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of one format as Pekko's Jackson serializer does, but for what does not change from message to message: which class
 * it is, and whether it may be read. Pekko has read one before. Thread-safe.
 */
final class JacksonReader {
    private final ExtendedActorSystem system;
    private final ObjectReader reader;

    private JacksonReader(ExtendedActorSystem system, ObjectReader reader) {
        this.system = system;
        this.reader = reader;
    }

    /** For messages of this format, of which Pekko has read one; empty if Pekko must read each. */
    static Optional<JacksonReader> like(@Nullable Object message, Format format, Serialization serialization) {
        if (message == null
                || !(serialization
                                .serializerByIdentity()
                                .get(format.serializerId())
                                .getOrElse(() -> null)
                        instanceof JacksonSerializer jackson)
                || !readsEachAlike(jackson, message.getClass(), format.manifest(), serialization)) {
            return Optional.empty();
        }
        return Optional.of(
                new JacksonReader(serialization.system(), jackson.objectMapper().readerFor(message.getClass())));
    }

    private static boolean readsEachAlike(
            JacksonSerializer jackson, Class<?> type, String manifest, Serialization serialization) {
        if (!manifest.equals(type.getName()) || manifest.endsWith("$")) {
            return false; // of an older version, of a subclass, or an object of Scala, of which there is one
        }
        if (!jackson.objectMapper().getClass().getName().startsWith("com.fasterxml.jackson.")) {
            return false; // the application's own, which may read otherwise
        }
        Config config = JacksonObjectMapperProvider.configForBinding(
                jackson.bindingName(), serialization.system().settings().config());
        return config.getBoolean("type-in-manifest")
                && !config.getBoolean("verbose-debug-logging")
                && !config.getObject("migrations").containsKey(manifest);
    }

    /** The message of this number, or null if Pekko is to read it: it is compressed, or Pekko is to say what is wrong with it. */
    @Nullable Object read(Slice slice, int i) {
        byte[] data = slice.data();
        int at = slice.contentAt(i);
        int length = slice.contentLength(i);
        if (Compression.isCompressed(data, at, length)) {
            return null;
        }
        // as Pekko does: references to actors are read with this actor system
        return Serialization$.MODULE$.withTransportInformation(system, () -> tryRead(data, at, length));
    }

    private @Nullable Object tryRead(byte[] data, int at, int length) {
        try {
            return reader.readValue(data, at, length);
        } catch (Exception e) {
            return null;
        }
    }
}
