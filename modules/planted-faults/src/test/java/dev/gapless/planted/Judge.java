package dev.gapless.planted;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.MethodSelector;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A process that plants one fault after the other, and runs what is to notice it. It reads lines: the name of a fault (or {@code -}), and
 * the tests, with spaces in between. It answers each with one.
 */
final class Judge {
    static final String NO_FAULT = "-";
    /** The test failed; its name and what it said follow. */
    static final String NOTICED = "noticed";
    /** All tests passed. */
    static final String PASSED = "passed";
    /** Neither: what is wrong follows. */
    static final String BROKEN = "broken";

    private final Map<String, PlantedFault> faults = new HashMap<>();
    private final List<Path> sources;

    private Judge(Victim victim) throws IOException {
        victim.faults().forEach(fault -> faults.put(fault.name(), fault));
        this.sources = victim.sources();
    }

    /** The name of the module. */
    public static void main(String[] args) throws IOException {
        Judge judge = new Judge(new Victim(args[0]));
        PrintStream answers = System.out;
        System.setOut(System.err); // tests may print
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ", -1);
            System.err.println("== " + order);
            answers.println(judge.answer(words[0], Stream.of(words).skip(1).toList()));
        }
        Runtime.getRuntime().halt(0); // a test with a fault may have left anything behind
    }

    private String answer(String name, List<String> tests) {
        // A fault mostly shows as something that never comes; without one there is time, since the machine may be busy.
        System.setProperty("gapless.deadline.seconds", NO_FAULT.equals(name) ? "60" : "10");
        try {
            Map<String, byte[]> classes =
                    NO_FAULT.equals(name) ? Map.of() : faultOf(name).classes(sources);
            Witness witness = run(new Planted(classes), tests);
            if (witness.failure != null) {
                return NOTICED + " " + oneLine(witness.failure);
            }
            return witness.passed == 0 ? BROKEN + " no test ran, or each was left out" : PASSED;
        } catch (Exception | LinkageError | AssertionError e) {
            e.printStackTrace();
            return BROKEN + " " + oneLine(e.toString());
        }
    }

    private PlantedFault faultOf(String name) {
        PlantedFault fault = faults.get(name);
        if (fault == null) {
            throw new IllegalStateException("no fault " + name);
        }
        return fault;
    }

    private static Witness run(Planted loader, List<String> tests) throws ClassNotFoundException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            List<MethodSelector> selectors = new ArrayList<>();
            for (String test : tests) {
                selectors.addAll(methods(loader, test));
            }
            Witness witness = new Witness();
            LauncherFactory.create()
                    .execute(LauncherExecutionRequestBuilder.request(LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectors)
                                    .build())
                            .listeners(witness)
                            .cancellationToken(witness.enough)
                            .build());
            return witness;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static List<MethodSelector> methods(ClassLoader loader, String test) throws ClassNotFoundException {
        String[] parts = test.split("#", 2);
        Class<?> type = loader.loadClass("dev.gapless." + parts[0]);
        List<MethodSelector> found = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(parts[1])) {
                found.add(selectMethod(type, method));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("no method " + test);
        }
        return found;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ");
    }

    /** Remembers the first failure, after which no other test is run. */
    private static final class Witness implements TestExecutionListener {
        final CancellationToken enough = CancellationToken.create();
        int passed;

        @Nullable String failure;

        @Override
        public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                if (failure == null) {
                    failure = test.getDisplayName() + ": "
                            + result.getThrowable().map(Throwable::toString).orElse("");
                    enough.cancel();
                }
            } else if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL && test.isTest()) {
                passed++;
            }
        }
    }
}
