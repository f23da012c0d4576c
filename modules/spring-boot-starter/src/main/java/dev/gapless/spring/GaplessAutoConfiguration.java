package dev.gapless.spring;

import com.typesafe.config.Config;
import dev.gapless.Gapless;
import org.apache.pekko.actor.ActorSystem;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * An actor system that lives as long as the application, and {@link Gapless} on it. An application that has one of the two uses its own, and
 * with {@code gapless.enabled = false} there is neither.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "gapless.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(Gapless.class)
class GaplessAutoConfiguration {

    /**
     * A node of a cluster, logged by SLF4J. Spring's shutdown hook ends it: with hooks of its own its connections would break before that. A node
     * of the cluster that gives way ends as one that was removed does.
     */
    private static final String DEFAULTS = """
            pekko.actor.provider = cluster
            pekko.use-slf4j = on
            pekko.jvm-shutdown-hooks = off
            gapless.other-cluster = give-way
            """;

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(ActorSystem.class)
    static class OwnActorSystem {
        @Bean
        ManagedActorSystem gaplessActorSystemLifecycle(ConfigurableEnvironment environment, ResourceLoader resources) {
            return ManagedActorSystem.node(environment, DEFAULTS, resources);
        }

        @Bean(destroyMethod = "")
        ActorSystem actorSystem(ManagedActorSystem managed) {
            return managed.system();
        }
    }

    @Bean
    Gapless gapless(ActorSystem system) {
        return Gapless.get(system);
    }

    @Bean
    RemovedNode gaplessRemovedNode(Gapless gapless, ActorSystem system, ConfigurableApplicationContext context) {
        Config config = system.settings().config();
        return new RemovedNode(gapless, OnRemoved.of(config), OnRemoved.exitTimeout(config), context);
    }
}
