package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import dev.gapless.Gapless;
import dev.gapless.GaplessMetrics;
import dev.gapless.Topic;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class GaplessAutoConfigurationTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Application.class)
            .withPropertyValues(
                    "pekko.remote.artery.canonical.hostname=127.0.0.1",
                    "pekko.remote.artery.canonical.port=0",
                    "pekko.cluster.jmx.multi-mbeans-in-same-jvm=on");

    @Test
    void makesAnActorSystemThatEndsWithTheContext() {
        ActorSystem[] made = new ActorSystem[1];
        runner.withPropertyValues("gapless.actor-system=shop").run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(ActorSystem.class).hasSingleBean(Gapless.class);
            assertThat(context).hasSingleBean(GaplessMetrics.class).hasBean("gaplessHealthIndicator");
            made[0] = context.getBean(ActorSystem.class);
            assertThat(made[0].name()).isEqualTo("shop");
            assertThat(made[0].whenTerminated().isCompleted()).isFalse();
            assertThat(made[0].settings().config().getBoolean("pekko.jvm-shutdown-hooks"))
                    .isFalse();
            assertThat(made[0].settings().config().getString("gapless.other-cluster"))
                    .isEqualTo("give-way");
        });
        assertThat(made[0].whenTerminated().isCompleted()).isTrue();
    }

    @Test
    void anApplicationMayKeepTwoClusters() {
        runner.withPropertyValues("gapless.other-cluster=warn")
                .run(context -> assertThat(context.getBean(ActorSystem.class)
                                .settings()
                                .config()
                                .getString("gapless.other-cluster"))
                        .isEqualTo("warn"));
    }

    @Test
    void endsTheActorSystemOfAContextThatDoesNotStart() {
        ActorSystem[] made = new ActorSystem[1];
        runner.withBean("failing", String.class, () -> {
                    throw new IllegalStateException("planned");
                })
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        factory -> factory.getBeanDefinition("failing").setDependsOn("actorSystem")))
                .withInitializer(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
                    @Override
                    public Object postProcessAfterInitialization(Object bean, String name) {
                        if (bean instanceof ActorSystem system) {
                            made[0] = system;
                        }
                        return bean;
                    }
                }))
                .run(context -> assertThat(context).hasFailed());
        assertThat(made[0].whenTerminated().isCompleted()).isTrue();
    }

    /** As of an application with Spring's devtools, whose classes are in a class loader that is made anew for each restart. */
    @Test
    void takesClassesFromTheClassLoaderOfTheApplication() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader its = new ClassLoader(before) {};
        runner.withClassLoader(its)
                .withInitializer(context -> thread.setContextClassLoader(before))
                .run(context -> assertThat(((ExtendedActorSystem) context.getBean(ActorSystem.class))
                                .dynamicAccess()
                                .classLoader())
                        .isSameAs(its));
    }

    @Test
    void passesPublishingOn() {
        runner.withPropertyValues("gapless.publishing=false").run(context -> {
            Gapless gapless = context.getBean(Gapless.class);
            assertThat(assertThrows(
                            IllegalStateException.class, () -> gapless.producer(Topic.of("prices", String.class))))
                    .hasMessageContaining("gapless.publishing");
        });
    }

    @Test
    void refusesSettingsThatThereAreNot() {
        runner.withPropertyValues("gapless.bufer-messages=10")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("gapless.bufer-messages (property gapless.bufer-messages of Spring's"
                                + " environment), did you mean gapless.buffer-messages?"));
    }

    @Test
    void namesAClassThatIsBoundAndNotThere() {
        runner.withPropertyValues("pekko.actor.serialization-bindings.com.example.OrdersOrder=jackson-cbor")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("There is no class com.example.OrdersOrder on the class path")
                        .hasStackTraceContaining("pekko.actor.serialization-bindings"));
    }

    @Test
    void makesNothingWhereItIsSwitchedOff() {
        runner.withPropertyValues("gapless.enabled=false").run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(Gapless.class).doesNotHaveBean(ActorSystem.class);
            assertThat(context).doesNotHaveBean(GaplessMetrics.class).doesNotHaveBean("gaplessHealthIndicator");
        });
        runner.withUserConfiguration(GaplessTestKitConfiguration.class)
                .withPropertyValues("gapless.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Gapless.class));
    }

    @Test
    void refusesASwitchThatSpringDoesNotTakeForOne() {
        runner.withPropertyValues("gapless.enabled=off")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("gapless.enabled switches off what the starter makes"));
    }

    @Test
    void saysWhyItDoesNotOfferARestart() {
        runner.withPropertyValues("gapless.on-removed=restart")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("gapless.on-removed")
                        .hasMessageContaining("exit or health"));
    }

    @Test
    void leavesHealthToTheApplicationThatSwitchesItOff() {
        runner.withPropertyValues("management.health.gapless.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("gaplessHealthIndicator"));
    }

    @Test
    void leavesTheMetersToTheApplicationThatHasItsOwn() {
        runner.withUserConfiguration(WithItsOwnMetrics.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(GaplessMetrics.class);
            assertThat(context).hasBean("own");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class WithItsOwnMetrics {
        @Bean
        GaplessMetrics own(Gapless gapless) {
            return new GaplessMetrics(gapless);
        }
    }

    @Test
    void doesNotBeginAgain() {
        runner.run(context -> {
            ConfigurableApplicationContext its = context.getSourceApplicationContext();
            its.stop();
            assertThat(assertThrows(ApplicationContextException.class, its::start))
                    .rootCause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("does not begin again");
        });
    }

    @Test
    void isNotPausedWithTheContextsOfOtherTests() {
        runner.run(context -> {
            ManagedActorSystem managed = context.getBean(ManagedActorSystem.class);
            assertThat(managed.isPauseable()).isFalse();
            assertThat(managed.isRunning()).isTrue();
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class WithItsOwnActorSystem {
        @Bean(destroyMethod = "terminate")
        ActorSystem own() {
            return ActorSystem.create("own", ConfigFactory.parseString("""
                                    pekko.actor.provider = cluster
                                    pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                    pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                                    """).withFallback(ConfigFactory.load()));
        }
    }

    @Test
    void usesTheActorSystemThatTheApplicationHas() {
        runner.withUserConfiguration(WithItsOwnActorSystem.class).run(context -> {
            assertThat(context).hasSingleBean(ActorSystem.class).hasSingleBean(Gapless.class);
            assertThat(context).doesNotHaveBean(ManagedActorSystem.class);
            assertThat(context.getBean(ActorSystem.class).name()).isEqualTo("own");
        });
    }
}
