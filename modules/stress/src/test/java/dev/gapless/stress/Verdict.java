package dev.gapless.stress;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;

/**
 * What all JVMs that ran one test have seen.
 *
 * @param test its name, without packages
 * @param samples how often its threads met
 * @param outcomes how many of the outcomes that are allowed were seen
 * @param faults what must not be; empty if the test has passed
 */
record Verdict(String test, long samples, int outcomes, List<String> faults) {

    /** One for each test, also for those that did not run, which is a fault. */
    static List<Verdict> of(SortedSet<String> tests, Collection<TestResult> results) {
        List<Verdict> verdicts = new ArrayList<>();
        for (String test : tests) {
            verdicts.add(of(
                    test,
                    results.stream()
                            .filter(result -> result.getName().equals(test))
                            .toList()));
        }
        return verdicts;
    }

    private static Verdict of(String test, List<TestResult> results) {
        Set<String> allowed = new TreeSet<>();
        Map<String, Long> forbidden = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        long samples = 0;
        for (TestResult result : results) {
            if (result.status() != Status.NORMAL) {
                faults.add(result.status() + " " + result.getMessages() + " " + result.getVmErr());
                continue;
            }
            for (GradingResult outcome : result.grading().gradingResults.values()) {
                samples += outcome.count;
                if (outcome.count > 0 && outcome.expect != Expect.ACCEPTABLE) {
                    forbidden.merge(outcome.id, outcome.count, Long::sum);
                } else if (outcome.count > 0) {
                    allowed.add(outcome.id);
                }
            }
        }
        forbidden.forEach((outcome, count) -> faults.add("forbidden: \"" + outcome + "\", " + count + " times"));
        if (samples == 0) {
            faults.add("it did not run");
        }
        return new Verdict(test.substring(test.lastIndexOf('.') + 1), samples, allowed.size(), faults);
    }

    boolean passed() {
        return faults.isEmpty();
    }

    static String table(List<Verdict> verdicts) {
        StringBuilder table =
                new StringBuilder("%-34s %12s %9s  %s%n".formatted("test", "samples", "outcomes", "verdict"));
        for (Verdict v : verdicts) {
            table.append("%-34s %,12d %9d  %s%n"
                    .formatted(v.test, v.samples, v.outcomes, v.passed() ? "passed" : "FAILED " + v.faults));
        }
        return table.toString();
    }
}
