package dev.gapless.bench.jmh;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** All benchmarks, measured: only with the profile jmh, as docs/performance/method.md says. */
class JmhRun {
    @Test
    void measures() throws Exception {
        new Runner(new OptionsBuilder()
                        .include(System.getProperty("jmh.benchmarks", ".*"))
                        .forks(2)
                        .warmupIterations(5)
                        .warmupTime(TimeValue.seconds(2))
                        .measurementIterations(5)
                        .measurementTime(TimeValue.seconds(2))
                        .addProfiler(GCProfiler.class)
                        .jvmArgsAppend(
                                "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-Dlogback.configurationFile=logback-bench.xml")
                        .build())
                .run();
    }
}
