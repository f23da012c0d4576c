package dev.gapless.spring;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The settings of an actor system: the properties {@code gapless.*} and {@code pekko.*} of Spring's environment, above {@code
 * application.conf} and each {@code reference.conf}.
 *
 * <p>A property has the name that the setting has in {@code reference.conf}. Environment variables count for the settings that are there, as
 * Spring writes them ({@code GAPLESS_NODENAME}): others with such a name may be anybody's.
 */
final class EnvironmentConfig {
    private static final List<String> ROOTS = List.of("gapless.", "pekko.");

    /** Below these the rest of a name is one key, as below {@code logging.level}: that of a class, just as it was written. */
    private static final List<String> OF_CLASSES =
            List.of("pekko.actor.serialization-bindings", "pekko.actor.serialization-identifiers");

    /** What Kubernetes sets for a service: {@code GAPLESS_GATEWAY_PORT} for one that is called gapless-gateway. */
    private static final Pattern OF_KUBERNETES = Pattern.compile("(tcp|udp|sctp)://.*");

    private final ConfigurableEnvironment environment;
    private final Config reference;
    private final Binder binder;

    private EnvironmentConfig(ConfigurableEnvironment environment, Config reference) {
        this.environment = environment;
        this.reference = reference;
        this.binder = Binder.get(environment);
    }

    /**
     * {@return the settings}
     *
     * @param environment of the application
     * @param above HOCON: what comes before everything else
     * @param below HOCON: what holds where neither the environment nor application.conf says otherwise
     * @param loader finds application.conf and each reference.conf
     */
    static Config load(ConfigurableEnvironment environment, String above, String below, ClassLoader loader) {
        Config properties = new EnvironmentConfig(environment, ConfigFactory.defaultReference(loader)).properties();
        return ConfigFactory.parseString(above)
                .withFallback(properties)
                .withFallback(ConfigFactory.defaultOverrides(loader))
                .withFallback(ConfigFactory.defaultApplication(
                        ConfigParseOptions.defaults().setClassLoader(loader)))
                .withFallback(ConfigFactory.parseString(below))
                .withFallback(ConfigFactory.defaultReferenceUnresolved(loader))
                .resolve();
    }

    private Config properties() {
        Config config = ConfigFactory.empty();
        for (String name : names()) {
            ConfigurationPropertyName parsed = ConfigurationPropertyName.adapt(name, '.');
            String path = path(name, parsed);
            Object value = value(name, parsed, path);
            if (value != null) {
                String origin = "property " + name + " of Spring's environment";
                config = config.withValue(path, ConfigValueFactory.fromAnyRef(value, origin));
            }
        }
        return config;
    }

    /** Of all properties that may be set; those of one list, which end with [0] and so on, as one. */
    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> some
                    && !(source instanceof SystemEnvironmentPropertySource)) {
                for (String name : some.getPropertyNames()) {
                    if (ROOTS.stream().anyMatch(name::startsWith)) {
                        names.add(withoutIndex(name));
                    }
                }
            }
        }
        reference.entrySet().forEach(entry -> {
            String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            if (ROOTS.stream().anyMatch(name::startsWith)) {
                names.add(name);
            }
        });
        return names;
    }

    private static String withoutIndex(String name) {
        String without = name.replaceFirst("\\[\\d+]$", "");
        if (without.matches(".*\\[\\d+].*")) {
            throw new IllegalStateException("Property " + name
                    + " is part of a list of objects or of lists: put this setting into application.conf");
        }
        return without;
    }

    private static String path(String name, ConfigurationPropertyName parsed) {
        for (String classes : OF_CLASSES) {
            if (name.startsWith(classes) && name.length() > classes.length()) {
                return classes + "." + ConfigUtil.quoteString(nameOfClass(name.substring(classes.length())));
            }
        }
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < parsed.getNumberOfElements(); i++) {
            elements.add(parsed.getElement(i, Form.ORIGINAL));
        }
        return ConfigUtil.joinPath(elements);
    }

    /** With or without a dot in front of it, and brackets around it. */
    private static String nameOfClass(String rest) {
        String name = rest.startsWith(".") ? rest.substring(1) : rest;
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    /** A port may be "off", too. */
    private static boolean isNumber(@Nullable ConfigValueType type, String path) {
        return type == ConfigValueType.NUMBER || path.endsWith("port");
    }

    /** Of a number the first that no service of Kubernetes is the reason for. */
    private @Nullable String property(String name, ConfigurationPropertyName parsed, boolean number) {
        String value = environment.getProperty(name);
        if (!number || value == null || !OF_KUBERNETES.matcher(value).matches()) {
            return value;
        }
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(parsed);
            if (property != null
                    && !OF_KUBERNETES
                            .matcher(String.valueOf(property.getValue()))
                            .matches()) {
                return environment.resolvePlaceholders(String.valueOf(property.getValue()));
            }
        }
        return null;
    }

    /** A string, or a list of strings: whoever reads a setting converts it. Null if the property is not set. */
    private @Nullable Object value(String name, ConfigurationPropertyName parsed, String path) {
        ConfigValueType type =
                reference.hasPath(path) ? reference.getValue(path).valueType() : null;
        String value = type == ConfigValueType.LIST ? null : property(name, parsed, isNumber(type, path));
        if (value == null) {
            return isNumber(type, path)
                    ? null
                    : binder.bind(parsed, Bindable.listOf(String.class)).orElse(null);
        } else if (type == ConfigValueType.OBJECT) { // "{}" of YAML
            return null;
        } else if (type == ConfigValueType.STRING && (value.equals("true") || value.equals("false"))) {
            return value.equals("true")
                    ? "on"
                    : "off"; // as reference.conf writes them; YAML's "off" may be a word, as of log levels
        }
        return value;
    }
}
