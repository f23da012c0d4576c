package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSettingsTest {
    private static final UnknownSettings SETTINGS = new UnknownSettings(
            ConfigFactory.parseString("""
            node-name = "", buffer-messages = 9, overflow = expire, register-backoff { min = 1s, max = 2s }
            table { max-keys = 5, max-waiting = 3 }
            default-dispatcher { throughput = 16 }
            gateway {
              port = 0, default-dispatcher { throughput = 16 }, access { jwt { issuer = "", scopes {} } }
            }
            topics {}
            """), Set.of("node-name", "table", "default-dispatcher", "gateway", "topics"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bufer-messages = 5                  | gapless.bufer-messages (file: 1), did you mean gapless.buffer-messages?
            nodeName = a                        | did you mean gapless.node-name?
            node.name = a                       | did you mean gapless.node-name?
            register-backoff.mx = 5s            | did you mean gapless.register-backoff.max?
            max-keys = 5                        | did you mean gapless.table.max-keys?
            gateway.prot = 5                    | did you mean gapless.gateway.port?
            topics.quotes.bufferMessages = 5    | did you mean gapless.topics.quotes.buffer-messages?
            topics."a.b".overflw = expire       | did you mean gapless.topics."a.b".overflow?
            topics.quotes.node-name = a         | gapless.topics.quotes.node-name (file: 1), which is a setting of the whole node: gapless.node-name
            journal.database = h2               | a setting of gapless-durable, which is not on the class path
            management.port = 1                 | a setting of gapless-gateway, which is not on the class path
            a { b = 1, overflw = 2 }            | gapless.a.b (file: 1); gapless.a.overflw
            topics.quotes = 5                   | gapless.topics.quotes (file: 1)
            """)
    void saysWhatIsMeant(String settings, String said) {
        String refused = assertThrows(ConfigException.BadPath.class, () -> refuse(settings))
                .getMessage();
        assertTrue(refused.contains(said), refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topics { quotes { buffer-messages = 5 }, \"any.name/*\" { register-backoff.min = 1s }, empty {} }",
                "gateway.access.jwt.scopes { \"prices.read\" { subscribe = [prices] } }",
                "default-dispatcher { thread-pool-executor.keep-alive-time = 60s, throughput = 1 }",
                "gateway.default-dispatcher { thread-pool-executor.fixed-pool-size = 2 }",
                "node-name = null",
                "table {}",
            })
    void takesNamesThatUsersChooseAndWhateverADispatcherHas(String settings) {
        assertDoesNotThrow(() -> refuse(settings));
    }

    @Test
    void proposesNothingThatIsFarFromIt() {
        String refused = assertThrows(ConfigException.BadPath.class, () -> refuse("home = a"))
                .getMessage();
        assertTrue(refused.endsWith("Unknown: gapless.home (file: 1)"), refused);
    }

    private static void refuse(String settings) {
        SETTINGS.refuse(ConfigFactory.parseString(
                settings, ConfigParseOptions.defaults().setOriginDescription("file")));
    }
}
