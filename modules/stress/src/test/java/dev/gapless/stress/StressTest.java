package dev.gapless.stress;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.OSSupport;
import org.openjdk.jcstress.os.Scheduler;
import org.openjdk.jcstress.os.topology.Topology;
import org.openjdk.jcstress.vm.VMSupport;

/** Runs every jcstress test of this module, and fails where an outcome was seen that must not be. */
@Tag("thorough")
@Tag("day1")
class StressTest {
    /** Assertions, and compilers that order what they may order at random. */
    private static final String JVM = "-ea -XX:+UnlockDiagnosticVMOptions -XX:+IgnoreUnrecognizedVMOptions"
            + " -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN -XX:+StressCCP";

    private static final Path LOG = Path.of("jcstress.log").toAbsolutePath();

    @Test
    @DisplayName("What threads share holds in every order of their steps")
    void noForbiddenOutcomeIsSeen() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() >= 2, "two threads meet on two CPUs only");
        String selected = System.getProperty("stress.tests", ".*");
        Duration total = Budget.parse(System.getProperty("stress.budget", "60s"));
        PrintStream console = System.out;
        List<Verdict> verdicts;
        try (PrintStream log = new PrintStream(Files.newOutputStream(LOG), true)) {
            System.setOut(log);
            verdicts = run(selected, total);
        } finally {
            System.setOut(console);
        }
        console.println(Verdict.table(verdicts) + "Details: " + LOG);
        assertTrue(verdicts.stream().allMatch(Verdict::passed), () -> Verdict.table(verdicts));
    }

    private static List<Verdict> run(String selected, Duration total) throws Exception {
        SortedSet<String> tests = new JCStress(options("-t", selected)).getTests();
        assertFalse(tests.isEmpty(), "no test is called " + selected);
        OSSupport.init();
        int cpus = VMSupport.figureOutHotCPUs();
        int placings = new Scheduler(Topology.get(), cpus)
                .scheduleClasses(2, cpus, AffinityMode.LOCAL)
                .size();
        List<String> arguments = new ArrayList<>(
                List.of("-t", selected, "-r", "report", "-jvmArgs", JVM, "-hs", "128", "-pth", "false"));
        int locks = Runtime.version().feature() < 18 ? 2 : 1; // biased locking, and without it
        arguments.addAll(Budget.of(total, tests.size(), placings * locks, cpus).arguments());
        Options options = options(arguments.toArray(String[]::new));
        try {
            new JCStress(options).run();
        } catch (AssertionError e) {
            System.out.println(e); // the verdicts say it, too
        }
        return Verdict.of(tests, read(options.getResultFile()));
    }

    private static Options options(String... arguments) throws IOException {
        Options options = new Options(arguments);
        assertTrue(options.parse(), () -> "jcstress does not know " + List.of(arguments));
        return options;
    }

    private static Collection<TestResult> read(String file) throws Exception {
        InProcessCollector results = new InProcessCollector();
        DiskReadCollector disk = new DiskReadCollector(file, results);
        disk.dump();
        disk.close();
        return results.getTestResults();
    }
}
