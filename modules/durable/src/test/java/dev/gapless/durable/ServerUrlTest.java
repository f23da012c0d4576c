package dev.gapless.durable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the settings of a server is shown, and what is not. */
class ServerUrlTest {
    private static final String SECRET = "sesame-7";

    private static JournalSettings settings(String url, String password) {
        return new JournalSettings(system(url, password));
    }

    private static Config system(String url, String password) {
        return ConfigFactory.parseMap(Map.of(
                        "gapless.journal.database",
                        "postgresql",
                        "gapless.journal.url",
                        url,
                        "gapless.journal.password",
                        password))
                .withFallback(ConfigFactory.load());
    }

    @Test
    void theDriverGetsTheParametersApartFromTheUrlThatItShows() {
        JournalSettings settings = settings(
                "jdbc:postgresql://db:5432/orders?user=feed&password=" + SECRET + "&sslpassword=a%26b&ssl", "other");
        assertEquals("jdbc:postgresql://db:5432/orders", settings.url);
        assertEquals("The store at jdbc:postgresql://db:5432/orders (gapless.journal.url)", settings.named());
        Map<String, String> properties = settings.properties();
        assertEquals("feed", properties.get("user"));
        assertEquals(SECRET, properties.get("password"));
        assertEquals("a&b", properties.get("sslpassword"));
        assertEquals("", properties.get("ssl"));
        assertEquals("30", properties.get("socketTimeout"));
        Config pool = settings.plugin(getClass().getClassLoader()).getConfig("gapless-journal.slick.db");
        assertEquals(settings.url, pool.getString("url"));
        assertEquals(SECRET, pool.getString("password"));
        assertEquals("a&b", pool.getString("properties.sslpassword"));
        assertEquals(
                "5",
                settings("jdbc:postgresql:gapless?socketTimeout=5", "")
                        .properties()
                        .get("socketTimeout"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://feed:sesame-7@db:5432/orders",
                "jdbc:postgresql://db/orders;password=sesame-7",
                "jdbc:postgresql://db/orders&password=sesame-7",
                "jdbc:postgresql://db/orders?password=sesame-7%",
                "jdbc:mysql://db/orders?password=sesame-7",
                "postgresql://feed:sesame-7@db/orders"
            })
    void aUrlThatCannotBeUsedIsRefusedAndNotShown(String url) {
        ConfigException refused = assertThrows(ConfigException.class, () -> settings(url, ""));
        assertTrue(refused.getMessage().contains("gapless.journal.url"), refused.getMessage());
        assertFalse(refused.toString().contains(SECRET), refused.getMessage());
        assertNull(refused.getCause());
    }

    @Test
    void whatADriverSaysIsToldWithoutSecrets() {
        JournalSettings settings =
                settings("jdbc:postgresql://db:5432/orders?sslpassword=" + SECRET + "&connectTimeout=5", "pass word");
        SQLException failure = new SQLException("at db:5432, key " + SECRET + ": no 'pass word'");
        IllegalStateException problem = settings.problem(failure);
        assertEquals(settings.named() + ": at db:5432, key ***: no '***'", problem.getMessage());
        assertNull(problem.getCause());
        SQLException harmless = new SQLException("Connection refused");
        assertEquals(harmless, settings.problem(harmless).getCause());
        JournalSettings without = settings("jdbc:postgresql://db:5432/orders?ssl", "");
        SQLException clear = new SQLException("database \"gapless\" does not exist");
        assertEquals(clear, without.problem(clear).getCause(), "what is empty is no secret");
    }

    @Test
    void whoWasRefusedIsNotTold() {
        String said = "FATAL: password authentication failed for user \"%s\"";
        Config named = ConfigFactory.parseString("gapless.journal.user = carol-2")
                .withFallback(system("jdbc:postgresql://db:5432/orders", SECRET));
        IllegalStateException problem = new JournalSettings(named).problem(new SQLException(said.formatted("carol-2")));
        assertTrue(problem.getMessage().endsWith(said.formatted("***")), problem::getMessage);
        JournalSettings byDefault = settings("jdbc:postgresql://db:5432/orders", SECRET);
        String clear = "database \"gapless\" does not exist";
        assertTrue(byDefault.problem(new SQLException(clear)).getMessage().endsWith(clear));
    }

    @Test
    void whatIsSetReachesThePool() {
        Config set = ConfigFactory.parseString(
                        "gapless.journal { connections = 3, queue-size = 17, connection-timeout = 1500ms,"
                                + " socket-timeout = 42s, user = carol }")
                .withFallback(system("jdbc:postgresql://db:5432/orders", SECRET));
        Config plugin =
                new JournalSettings(set).plugin(getClass().getClassLoader()).getConfig("gapless-journal");
        Config pool = plugin.getConfig("slick.db");
        assertEquals(3, pool.getInt("maxConnections"));
        assertEquals(3, pool.getInt("numThreads"));
        assertEquals(17, pool.getInt("queueSize"));
        assertEquals(17, plugin.getInt("bufferSize"));
        assertEquals(1_500, pool.getInt("connectionTimeout"));
        assertEquals(1_500, pool.getInt("validationTimeout"));
        assertEquals("carol", pool.getString("user"));
        assertEquals(SECRET, pool.getString("password"));
        assertEquals("42", pool.getString("properties.socketTimeout"));
        assertEquals("1", pool.getString("properties.connectTimeout"));
    }
}
