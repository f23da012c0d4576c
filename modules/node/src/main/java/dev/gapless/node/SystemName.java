package dev.gapless.node;

import com.typesafe.config.Config;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.pekko.actor.AddressFromURIString;

/** The name of the actor system. All members of a cluster have the same one: a node ignores what is addressed to another. */
final class SystemName {
    static final String DEFAULT = "gapless";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]*");
    private static final String SEEDS = "pekko.cluster.seed-nodes";

    private SystemName() {}

    /** Returns the name. Throws IllegalArgumentException if no actor system can have it. */
    static String check(String name) {
        if (!LEGAL.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name
                            + "' is not the name of an actor system: letters, digits, - and _, of which the first is a letter or a digit");
        }
        return name;
    }

    /** The name that the configuration's seed nodes have; the default one if there are none. */
    static String ofSeedNodes(Config config) {
        Set<String> names = new TreeSet<>();
        for (String seed : config.getStringList(SEEDS)) {
            names.add(nameIn(seed));
        }
        if (names.size() > 1) {
            throw new Failure(SEEDS + " names several actor systems, " + String.join(" and ", names)
                    + ": all members of a cluster have the same one");
        }
        return names.isEmpty() ? DEFAULT : names.iterator().next();
    }

    private static String nameIn(String seed) {
        try {
            return AddressFromURIString.parse(seed).system();
        } catch (Exception e) { // MalformedURLException, which Scala does not declare
            throw new Failure(SEEDS + ": '" + seed + "' is not pekko://SYSTEM@HOST:PORT", e);
        }
    }
}
