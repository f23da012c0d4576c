package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.Gapless;
import dev.gapless.Health;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Two contexts of tests live at once, beside a node that somebody runs on the application's own port. */
class TestContextsTest {
    private static ServerSocket developersNode;

    /** The settings of an application: its port, and the cluster that it joins. */
    static void configure(DynamicPropertyRegistry registry) throws IOException {
        if (developersNode == null) {
            developersNode = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        }
        int port = developersNode.getLocalPort();
        registry.add("pekko.remote.artery.canonical.hostname", () -> "127.0.0.1");
        registry.add("pekko.remote.artery.canonical.port", () -> port);
        registry.add("pekko.cluster.seed-nodes[0]", () -> "pekko://gapless@127.0.0.1:" + port);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    static void isAlone(ActorSystem system, Gapless gapless) {
        ServiceTest.await(() -> gapless.health().state() == Health.State.UP);
        Cluster cluster = Cluster.get(system);
        assertThat(cluster.selfAddress().getPort()).isNotEqualTo(java.util.Optional.of(developersNode.getLocalPort()));
        assertThat(cluster.state().getMembers()).hasSize(1);
    }

    @Test
    void isAloneInATestUnlessTheSettingSaysOtherwise() {
        MockEnvironment production = new MockEnvironment();
        MockEnvironment test = new MockEnvironment()
                .withProperty("org.springframework.boot.test.context.SpringBootTestContextBootstrapper", "true");
        Config alone = ConfigFactory.defaultReference();
        Config asConfigured = ConfigFactory.parseString("gapless.test-contexts = as-configured");
        assertThat(TestContexts.isAlone(test, alone)).isTrue();
        assertThat(TestContexts.isAlone(test, asConfigured)).isFalse();
        assertThat(TestContexts.isAlone(production, alone)).isFalse();
        assertThatThrownBy(
                        () -> TestContexts.isAlone(test, ConfigFactory.parseString("gapless.test-contexts = together")))
                .isInstanceOf(ConfigException.BadValue.class)
                .hasMessageContaining("as-configured");
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "first=1")
    class First {
        @DynamicPropertySource
        static void settings(DynamicPropertyRegistry registry) throws IOException {
            configure(registry);
        }

        @Test
        void formsAClusterOfItsOwn(@Autowired ActorSystem system, @Autowired Gapless gapless) {
            isAlone(system, gapless);
        }
    }

    @Nested
    @DirtiesContext
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = SpringBootTest.WebEnvironment.NONE,
            properties = "second=2")
    class Second {
        @DynamicPropertySource
        static void settings(DynamicPropertyRegistry registry) throws IOException {
            configure(registry);
        }

        @Test
        void formsAnotherOne(@Autowired ActorSystem system, @Autowired Gapless gapless) {
            isAlone(system, gapless);
        }
    }
}
