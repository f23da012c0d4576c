package dev.gapless.multijvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the jars are called on a module path. */
class ModuleNamesTest {
    private static final Path ROOT = Path.of("..");

    @ParameterizedTest
    @CsvSource({
        "dev.gapless.core,dev.gapless.core.Position",
        "dev.gapless.cluster,dev.gapless.Gapless",
        "dev.gapless.testkit,dev.gapless.testkit.GaplessTestKit",
        "dev.gapless.node,dev.gapless.node.Member",
        "dev.gapless.simulation,dev.gapless.simulation.schedule.Simulator",
        "dev.gapless.bench,dev.gapless.bench.Benchmark"
    })
    void eachJarHasTheNameOfItsModule(String name, Class<?> type) throws Exception {
        Path place =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        assumeTrue(Files.isRegularFile(place), "without jars, as with 'mvn test'");
        List<String> names = ModuleFinder.of(place).findAll().stream()
                .map(module -> module.descriptor().name())
                .toList();
        assertEquals(List.of(name), names);
    }

    @Test
    void noTwoProjectsHaveTheSameName() throws Exception {
        TreeSet<String> names = new TreeSet<>();
        var modules = Pattern.compile("<module>([^<]*)</module>").matcher(Files.readString(ROOT.resolve("pom.xml")));
        while (modules.find()) {
            String pom = Files.readString(ROOT.resolve(modules.group(1)).resolve("pom.xml"));
            if (!pom.contains("<packaging>pom<")) {
                assertTrue(names.add(moduleName(pom)), pom);
            }
        }
        assertTrue(
                names.containsAll(List.of(
                        "dev.gapless.bench",
                        "dev.gapless.cluster",
                        "dev.gapless.core",
                        "dev.gapless.node",
                        "dev.gapless.simulation",
                        "dev.gapless.testkit")),
                names::toString);
    }

    private static String moduleName(String pom) {
        var name = Pattern.compile("<module.name>([a-z.]+)</module.name>").matcher(pom);
        assertTrue(name.find(), pom);
        return name.group(1);
    }
}
