package dev.gapless.spring;

import dev.gapless.pit.TestClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tests that judge the mutants of this module (the profile {@code pit-spring}): those that judge much in little time. A build runs all of
 * them, without this class.
 */
class JudgesOfMutants {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClosingTest",
                "EnvironmentConfigTest",
                "GaplessAutoConfigurationTest",
                "GaplessTestKitConfigurationTest",
                "MetadataTest",
                "ReadinessTest",
                "RemovedNodeTest",
                "ServiceTest",
                "StandingTest",
                "TestContextsTest",
                "UnknownVariablesTest"
            })
    void noTestFails(String name) throws Throwable {
        TestClass.run("dev.gapless.spring." + name);
    }
}
