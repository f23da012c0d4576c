package dev.gapless.spring;

import dev.gapless.Gapless;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The health check "gapless", and its part in the readiness, as Spring Boot 4 knows them. */
@AutoConfiguration(after = {GaplessAutoConfiguration.class, AvailabilityProbesAutoConfiguration.class})
@ConditionalOnClass(
        name = "org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator")
@ConditionalOnBean(Gapless.class)
class Boot4HealthAutoConfiguration {
    @Bean
    @ConditionalOnEnabledHealthIndicator("gapless")
    HealthIndicator gaplessHealthIndicator(Gapless gapless, ListableBeanFactory beans) {
        return () -> {
            Standing standing = Standing.of(gapless, beans);
            return Health.status(standing.status())
                    .withDetails(standing.details())
                    .build();
        };
    }

    @Bean
    static HealthEndpointGroupsPostProcessor gaplessReadinessPostProcessor(Environment environment) {
        return groups -> Readiness.isLeftToTheStarter(environment, groups.getNames()) ? withGapless(groups) : groups;
    }

    private static HealthEndpointGroups withGapless(HealthEndpointGroups groups) {
        Map<String, HealthEndpointGroup> all = new TreeMap<>();
        groups.getNames().forEach(name -> all.put(name, groups.get(name)));
        all.computeIfPresent(Readiness.GROUP, (name, group) -> new Boot4Readiness(group));
        return HealthEndpointGroups.of(groups.getPrimary(), all);
    }
}
