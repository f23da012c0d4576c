package dev.gapless.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plants faults that users would suffer from into a module, one at a time: its {@code planted-faults.txt} names for each the test that
 * notices it. {@code -Dplanted=NAME} tries that one alone, {@code -Dplanted.share=0/3} each third one from the first on, and
 * {@code -Dplanted.modules=durable} those of that module.
 */
class PlantedFaultsTest {
    @ParameterizedTest
    @CsvSource({"cluster, 60", "gateway, 60", "durable, 40", "node, 40", "spring-boot-starter, 30"})
    void eachFaultCanBePlantedAndNamesTestsThatAreThere(String module, int fewest) throws Exception {
        Victim victim = new Victim(module);
        List<PlantedFault> faults = victim.faults();
        assertTrue(faults.size() >= fewest, "only " + faults.size());
        List<Path> sources = victim.sources();
        for (PlantedFault fault : faults) {
            fault.apply(sources);
            for (String test : fault.tests()) {
                String[] parts = test.split("#", 2);
                Path file = victim.testSources().resolve("dev/gapless/" + parts[0].replace('.', '/') + ".java");
                assertTrue(Files.readString(file).contains("void " + parts[1] + "("), fault.name() + ": no " + test);
            }
        }
    }

    static List<String> victims() {
        String only = System.getProperty("planted.modules");
        return only == null ? Victim.names() : List.of(only.split(",", -1));
    }

    @Tag("thorough")
    @ParameterizedTest
    @MethodSource("victims")
    void eachPlantedFaultIsNoticedByTheTestThatItNames(String module) throws Exception {
        Trial trial = new Trial(new Victim(module), Path.of("target", module));
        String[] share = System.getProperty("planted.share", "0/1").split("/", 2);
        assertEquals(
                List.of(),
                trial.run(System.getProperty("planted"), Integer.parseInt(share[0]), Integer.parseInt(share[1])));
    }
}
