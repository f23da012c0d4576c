package dev.gapless.spring;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import org.springframework.core.env.ConfigurableEnvironment;

/** What the node of an application is in a test: {@code gapless.test-contexts}. */
final class TestContexts {
    private static final String KEY = "gapless.test-contexts";
    private static final String ALONE = "alone";
    private static final String AS_CONFIGURED = "as-configured";

    /** Spring Boot sets this property in each context of a {@code @SpringBootTest}. */
    private static final String MARK = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

    /** No port that another context has, nobody else's cluster, and no other machine that could join. */
    static final String SETTINGS = """
            pekko.remote.artery { canonical { hostname = "127.0.0.1", port = 0 }, bind { hostname = "", port = "" } }
            pekko.cluster { seed-nodes = [], jmx.multi-mbeans-in-same-jvm = on }
            """;

    private TestContexts() {}

    /** Is this the context of a test, whose node forms a cluster of its own? Throws ConfigException if the setting is none. */
    static boolean isAlone(ConfigurableEnvironment environment, Config config) {
        String value = config.getString(KEY);
        if (!value.equals(ALONE) && !value.equals(AS_CONFIGURED)) {
            throw new ConfigException.BadValue(
                    config.getValue(KEY).origin(), KEY, "it is " + ALONE + " or " + AS_CONFIGURED + ", not " + value);
        }
        return value.equals(ALONE) && environment.containsProperty(MARK);
    }
}
