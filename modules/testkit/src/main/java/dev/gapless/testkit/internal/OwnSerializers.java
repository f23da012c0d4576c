package dev.gapless.testkit.internal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.jspecify.annotations.Nullable;

/**
 * Serializers for tests that bring no actor system: those of a local one that is made for nothing else, when the first message is
 * published. All tests of a JVM share it; a test that sets something of Pekko itself gets one of its own. Thread-safe.
 */
final class OwnSerializers implements AutoCloseable {
    /** No cluster, none of the application's extensions, and nothing that keeps the JVM alive. */
    private static final String LOCAL = """
            pekko {
              actor.provider = local
              extensions = []
              library-extensions = []
              daemonic = on
              coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
            }
            """;

    private static @Nullable OwnSerializers shared;

    private final Config application;
    private final Config config;
    private @Nullable ActorSystem system;

    private OwnSerializers(Config application, Config config) {
        BoundClasses.check(config);
        this.application = application;
        this.config = config;
    }

    /**
     * For a test with these settings on top of the application's. Throws ConfigException if a class is bound that is not there.
     *
     * @param ofTest as in {@code application.conf}
     * @param application those of {@code application.conf}
     */
    static synchronized OwnSerializers of(Config ofTest, Config application) {
        if (ofTest.hasPath("pekko")) {
            return new OwnSerializers(application, ofTest.withFallback(application));
        }
        OwnSerializers known = shared;
        if (known != null && known.application == application) {
            return known;
        }
        OwnSerializers made = new OwnSerializers(application, application);
        if (known == null) {
            shared = made;
        }
        return made;
    }

    synchronized Serialization get() {
        ActorSystem running = system;
        if (running == null) {
            running = ActorSystem.create(
                    "gapless-testkit", ConfigFactory.parseString(LOCAL).withFallback(config));
            system = running;
        }
        return SerializationExtension.get(running);
    }

    /** Ends the actor system, unless other tests use it, too. */
    @Override
    public void close() {
        synchronized (OwnSerializers.class) {
            if (this == shared) {
                return;
            }
        }
        terminate();
    }

    private synchronized void terminate() {
        if (system != null) {
            system.terminate();
        }
    }
}
