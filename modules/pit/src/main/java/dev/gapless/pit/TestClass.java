package dev.gapless.pit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.StackWalker.StackFrame;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class at once, where PIT would start the nodes of that class anew for each of its methods. */
public final class TestClass {
    private TestClass() {}

    /**
     * Without the methods that take long.
     *
     * @throws Throwable the first failure, after which no other method is run
     */
    public static void run(String name) throws Throwable {
        if (StackWalker.getInstance().walk(frames -> frames.anyMatch(TestClass::asksWhichTestsThereAre))) {
            return;
        }
        Stopping stopping = new Stopping();
        LauncherFactory.create()
                .execute(LauncherExecutionRequestBuilder.request(LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(name))
                                .filters(TagFilter.excludeTags("seconds", "thorough"))
                                .build())
                        .listeners(stopping)
                        .cancellationToken(stopping.token)
                        .build());
        if (stopping.failure != null) {
            throw stopping.failure;
        }
    }

    /** PIT asks by running them, in each JVM that it starts: for each class that it mutates, and after each mutant that hangs. */
    private static boolean asksWhichTestsThereAre(StackFrame frame) {
        return frame.getMethodName().equals("findTestsForTestClasses");
    }

    private static final class Stopping implements TestExecutionListener {
        final CancellationToken token = CancellationToken.create();

        @Nullable Throwable failure;

        @Override
        public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED && failure == null) {
                failure = result.getThrowable().orElseGet(() -> new AssertionError(test.getDisplayName()));
                token.cancel();
            }
        }
    }
}
