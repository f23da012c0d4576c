package dev.gapless.spring;

import dev.gapless.Gapless;
import dev.gapless.GaplessMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** This node's meters, which the actuator binds to its registry. */
@AutoConfiguration(after = GaplessAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Gapless.class)
class GaplessMetricsAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    GaplessMetrics gaplessMetrics(Gapless gapless) {
        return new GaplessMetrics(gapless);
    }
}
