package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class UnknownVariablesTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private static List<String> said(String... variables) {
        return UnknownVariables.in(Set.of(variables), ConfigFactory.defaultReference());
    }

    @ParameterizedTest
    @CsvSource({
        "GAPLESS_NODENAM, GAPLESS_NODENAME (gapless.node-name)",
        "gapless_nodenam, GAPLESS_NODENAME (gapless.node-name)",
        "GAPLESS_BUFER_MESSAGES, GAPLESS_BUFFERMESSAGES (gapless.buffer-messages)",
        "GAPLESS_REGISTERBACKOFFMIN, GAPLESS_REGISTERBACKOFF_MIN (gapless.register-backoff.min)",
        "GAPLESS_ON_REMOVE, GAPLESS_ONREMOVED (gapless.on-removed)",
    })
    void namesTheOneThatIsMeant(String variable, String meant) {
        assertThat(said(variable, "PATH"))
                .singleElement()
                .asString()
                .contains("variable " + variable + " ", "mean " + meant);
    }

    @Test
    void saysThatNoVariableIsOfATopic() {
        assertThat(said("GAPLESS_TOPICS_QUOTES_BUFFERMESSAGES"))
                .singleElement()
                .asString()
                .contains("GAPLESS_TOPICS_QUOTES_BUFFERMESSAGES", "application.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GAPLESS_NODENAME",
                "GAPLESS_NODE_NAME",
                "GAPLESS_BUFFER_MESSAGES",
                "GAPLESS_REGISTER_BACKOFF_MIN",
                "GAPLESS_HOME",
                "GAPLESS_JAVA_OPTS",
                "GAPLESS_PORT",
                "NODENAM",
            })
    void saysNothingOfSettingsNorOfWhatIsSomethingElse(String variable) {
        assertThat(said(variable)).isEmpty();
    }

    @Test
    void saysNothingOfWhatKubernetesSetsForAService() {
        assertThat(said("GAPLESS_NODE_NAM_SERVICE_HOST")).as("the service").isEmpty();
        assertThat(said("GAPLESS_SHARD_SERVICE_HOST", "GAPLESS_SHARD_PORT", "GAPLESS_SHARD_PORT_80_TCP"))
                .isEmpty();
        assertThat(said("GAPLESS_TOPICS_SERVICE_HOST", "GAPLESS_TOPICS_SERVICE_PORT", "GAPLESS_TOPICS_PORT"))
                .isEmpty();
        assertThat(said("GAPLESS_TOPICS_SERVICE_PORT")).as("of no service").hasSize(1);
    }

    @Test
    void aNodeSaysItWhenItStarts(CapturedOutput output) {
        new ApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "pekko.remote.artery.canonical.hostname=127.0.0.1",
                        "pekko.remote.artery.canonical.port=0",
                        "pekko.cluster.jmx.multi-mbeans-in-same-jvm=on")
                .withInitializer(context -> {
                    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
                    context.getEnvironment()
                            .getPropertySources()
                            .replace(
                                    name,
                                    new SystemEnvironmentPropertySource(name, Map.of("GAPLESS_NODE_NAMES", "n1")));
                })
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).containsOnlyOnce("Did you mean GAPLESS_NODENAME (gapless.node-name)?");
    }
}
