package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gapless.Gapless;
import dev.gapless.Health;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** A node that was removed, where its process stays. */
class RemovedNodeTest {
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Test
    void isBrokenAndStaysSoAlsoWhereItWasRemovedBeforeTheApplicationHasStarted() {
        new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "gapless.on-removed=health",
                        "pekko.remote.artery.canonical.hostname=127.0.0.1",
                        "pekko.remote.artery.canonical.port=0",
                        "pekko.cluster.jmx.multi-mbeans-in-same-jvm=on")
                .run(context -> {
                    ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
                    Gapless gapless = context.getBean(Gapless.class);
                    Cluster cluster = Cluster.get(context.getBean(ActorSystem.class));
                    AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
                    cluster.join(cluster.selfAddress());
                    ServiceTest.await(() -> gapless.health().state() == Health.State.UP);
                    assertThat(availability.getLivenessState()).isEqualTo(LivenessState.CORRECT);
                    cluster.down(cluster.selfAddress());
                    ServiceTest.await(() -> availability.getLivenessState() == LivenessState.BROKEN);
                    AvailabilityChangeEvent.publish(context, LivenessState.CORRECT); // as at the end of a start
                    assertThat(availability.getLivenessState()).isEqualTo(LivenessState.BROKEN);
                });
    }
}
