package dev.gapless.testkit.internal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The classes that are bound to serializers. With one that is not there no actor system starts, and a test kit is not made either: each
 * publish would fail.
 */
final class BoundClasses {
    private static final String BINDINGS = "pekko.actor.serialization-bindings";

    /** Pekko leaves these out where they are not on the class path. */
    private static final List<String> OPTIONAL = List.of("com.google.protobuf.", "org.apache.pekko.protobuf");

    private BoundClasses() {}

    /** Throws ConfigException if one of them is not on the class path. */
    static void check(Config config) {
        for (Map.Entry<String, ConfigValue> binding : config.getObject(BINDINGS).entrySet()) {
            String name = binding.getKey();
            if (!"none".equals(binding.getValue().unwrapped())
                    && OPTIONAL.stream().noneMatch(name::startsWith)
                    && !isThere(name)) {
                throw new ConfigException.BadValue(
                        binding.getValue().origin(),
                        BINDINGS,
                        "there is no class " + name
                                + " on the class path. Correct the entry or remove it: with it no actor system"
                                + " starts. A nested class has a $ in front of its name, as in \"com.example.Orders$Order\"");
            }
        }
    }

    private static boolean isThere(String name) {
        return isThere(name, Thread.currentThread().getContextClassLoader())
                || isThere(name, BoundClasses.class.getClassLoader());
    }

    private static boolean isThere(String name, @Nullable ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
