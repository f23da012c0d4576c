package dev.gapless.spring;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class ReadinessTest {
    private static final Set<String> PROBES = Set.of("liveness", "readiness");

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void isTheApplicationsOwnWhereItSaysWhatBelongsToIt() {
        assertTrue(Readiness.isLeftToTheStarter(environment, PROBES));
        environment.setProperty("management.endpoint.health.group.readiness.include[0]", "db");
        assertFalse(Readiness.isLeftToTheStarter(environment, PROBES));
    }

    @Test
    void needsProbes() {
        assertFalse(Readiness.isLeftToTheStarter(environment, Set.of()));
    }
}
