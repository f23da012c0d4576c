package dev.gapless.spring;

import dev.gapless.Gapless;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import org.apache.pekko.actor.ActorSystem;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;

/**
 * For the tests of an application: its {@link Gapless} is node {@code app} of a {@link GaplessTestKit}, which is a bean. No port is opened, and
 * no cluster joined. The test kit ({@code dev.gapless:gapless-testkit}) must be on the class path.
 * {@link TestNode#restart} makes another {@code Gapless} than the one that beans were given.
 *
 * <pre>{@code
 * @SpringBootTest
 * @Import(GaplessTestKitConfiguration.class)
 * class PricesTest {
 *     @Autowired GaplessTestKit kit;
 *     @Autowired Table<Price> prices;
 * }
 * }</pre>
 *
 * <p>Settings are those of the application, with the test kit's smaller rings. The actor system, for streams and actors, is no cluster's.
 */
@Configuration(proxyBeanMethods = false)
public class GaplessTestKitConfiguration {
    private static final String LOCAL = "pekko { actor.provider = local, use-slf4j = on, jvm-shutdown-hooks = off }";

    /** For Spring. */
    public GaplessTestKitConfiguration() {}

    @Bean
    ManagedActorSystem gaplessActorSystemLifecycle(ConfigurableEnvironment environment, ResourceLoader resources) {
        return ManagedActorSystem.of(environment, LOCAL, "", resources);
    }

    @Bean(destroyMethod = "")
    ActorSystem actorSystem(ManagedActorSystem managed) {
        return managed.system();
    }

    @Bean
    GaplessTestKit gaplessTestKit(ActorSystem system) {
        return GaplessTestKit.create(system);
    }

    @Bean
    Gapless gapless(GaplessTestKit kit, ActorSystem system) {
        TestNode app = kit.node("app");
        app.bind(system);
        return app.gapless();
    }
}
