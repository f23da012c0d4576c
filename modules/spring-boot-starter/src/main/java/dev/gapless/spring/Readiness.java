package dev.gapless.spring;

import java.util.Set;
import org.springframework.core.env.Environment;

/** Whether this node's health belongs to the application's readiness: it does unless the application says itself what belongs to it. */
final class Readiness {
    static final String GROUP = "readiness";
    static final String MEMBER = "gapless";

    private static final String OF_THE_APPLICATION = "management.endpoint.health.group.readiness.include";

    private Readiness() {}

    static boolean isLeftToTheStarter(Environment environment, Set<String> groups) {
        return groups.contains(GROUP)
                && !environment.containsProperty(OF_THE_APPLICATION)
                && !environment.containsProperty(OF_THE_APPLICATION + "[0]");
    }
}
