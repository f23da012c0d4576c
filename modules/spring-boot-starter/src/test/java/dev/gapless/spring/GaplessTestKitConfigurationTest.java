package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gapless.Gapless;
import dev.gapless.Topic;
import dev.gapless.testkit.GaplessTestKit;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class GaplessTestKitConfigurationTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(GaplessAutoConfigurationTest.Application.class, GaplessTestKitConfiguration.class)
            .withPropertyValues(
                    "pekko.actor.provider=cluster",
                    "pekko.remote.artery.canonical.hostname=127.0.0.1",
                    "pekko.remote.artery.canonical.port=1",
                    "pekko.cluster.seed-nodes=pekko://gapless@127.0.0.1:1,pekko://gapless@127.0.0.1:2");

    @Test
    void takesThePlaceOfTheNodeAndOpensNoPort() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(ActorSystem.class).hasSingleBean(Gapless.class);
            ActorSystem system = context.getBean(ActorSystem.class);
            assertThat(system.settings().config().getString("pekko.actor.provider"))
                    .isEqualTo("local");
            assertThat(context.getBean(Gapless.class).nodeName()).isEqualTo("app");
            assertThat(Gapless.get(system).nodeName()).isEqualTo("app");
            assertThat(context).hasSingleBean(GaplessTestKit.class).hasBean("gaplessHealthIndicator");
        });
    }

    @Test
    void hasTheSettingsOfTheApplication() {
        runner.withPropertyValues("gapless.topics.flags.publishing=false").run(context -> {
            Gapless gapless = context.getBean(Gapless.class);
            assertThat(assertThrows(
                            IllegalStateException.class, () -> gapless.producer(Topic.of("flags", String.class))))
                    .hasMessageContaining("publishing");
        });
    }
}
