package dev.gapless.spring;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import dev.gapless.internal.spelling.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Environment variables that nearly have the name of a setting. They may be anybody's, so they keep no application from starting, as an unknown
 * property does: a warning names them.
 */
final class UnknownVariables {
    private static final Logger LOG = LoggerFactory.getLogger(UnknownVariables.class);

    private static final String OURS = "GAPLESS_";
    private static final String OF_TOPICS = OURS + "TOPICS_";
    private static final String HOST_OF_A_SERVICE = "_SERVICE_HOST";
    private static final Pattern INDEX = Pattern.compile("_\\d+$");

    private UnknownVariables() {}

    /** Logs them. */
    static void warn(ConfigurableEnvironment environment, Config reference) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof SystemEnvironmentPropertySource variables) {
                in(variables.getSource().keySet(), reference).forEach(LOG::warn);
            }
        }
    }

    /** {@return what there is to say of these variables, a text for each} */
    static List<String> in(Set<String> variables, Config reference) {
        Map<String, String> settings = new HashMap<>();
        Set<String> counting = new TreeSet<>();
        reference.getConfig("gapless").entrySet().forEach(entry -> {
            String name = String.join(".", ConfigUtil.splitPath(entry.getKey()));
            settings.put(name, "gapless." + name);
            counting.add(variable(name));
            counting.add(OURS + name.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT)); // Spring takes this one, too
        });
        List<String> said = new ArrayList<>();
        for (String variable : new TreeSet<>(variables)) {
            String name = INDEX.matcher(variable.toUpperCase(Locale.ROOT)).replaceFirst(""); // of a list's item
            if (!name.startsWith(OURS) || counting.contains(name) || isOfKubernetes(variable, variables)) {
                continue;
            }
            if (name.startsWith(OF_TOPICS)) {
                said.add("Environment variable " + variable + " has no effect: topics have settings of their own only"
                        + " where names may be chosen, such as application.yaml or application.conf (gapless.topics)");
                continue;
            }
            Spelling.nearest(name.substring(OURS.length()), settings.keySet())
                    .ifPresent(meant -> said.add("Environment variable " + variable
                            + " has no effect: there is no such setting. Did you mean " + variable(meant) + " ("
                            + settings.get(meant) + ")?"));
        }
        return said;
    }

    /** As Spring writes it. */
    private static String variable(String name) {
        return OURS + name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
    }

    /** Kubernetes sets these for a service: {@code X_SERVICE_HOST}, {@code X_SERVICE_PORT…} and {@code X_PORT…}. */
    private static boolean isOfKubernetes(String variable, Set<String> variables) {
        Set<String> services = variables.stream()
                .filter(one -> one.endsWith(HOST_OF_A_SERVICE))
                .map(one -> one.substring(0, one.length() - HOST_OF_A_SERVICE.length()))
                .collect(Collectors.toSet());
        return services.stream()
                .anyMatch(service -> variable.startsWith(service + "_SERVICE_")
                        || variable.equals(service + "_PORT")
                        || variable.startsWith(service + "_PORT_"));
    }
}
