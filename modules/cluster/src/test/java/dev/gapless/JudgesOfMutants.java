package dev.gapless;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.StackWalker.StackFrame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The tests that judge the mutants of this module (the profile {@code pit}), a class at a time. PIT would start the actor systems of a
 * class anew for each of its methods. The classes are those that judge much in little time, without the methods that take seconds. A
 * build runs all of them, without this class.
 */
class JudgesOfMutants {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ActorSystemStartTest",
                "ActorTest",
                "ApplicationTypesTest",
                "ArgumentsTest",
                "AsyncHandlerTest",
                "BadInputTest",
                "EndsTest",
                "FilterTest",
                "MetricsDocTest",
                "MetricsTagsTest",
                "MetricsTest",
                "PublishSubscribeTest",
                "PublishTest",
                "ReloadTest",
                "SinceTest",
                "StreamsTest",
                "TokenTest",
                "TopicActorTest",
                "WrongClassTest",
                "internal.node.SettingsTest",
                "internal.node.StatusServiceTest",
                "internal.publish.ProducerLogTest",
                "internal.publish.ProducerLogsTest",
                "internal.report.LossLogTest",
                "internal.report.SlowHandlersTest",
                "internal.shard.ShardDriverTest",
                "internal.subscribe.EventReaderTest",
                "internal.subscribe.HandlerRecipientTest",
                "internal.subscribe.InFlightTest",
                "internal.subscribe.SubscriptionHandleTest",
                "internal.time.DeadlinesTest",
                "internal.time.WakeupTest",
                "internal.wire.CodecTest",
                "internal.wire.WireBufferTest",
                "internal.wire.WireSerializerTest"
            })
    void noTestFails(String name) throws Throwable {
        if (StackWalker.getInstance().walk(frames -> frames.anyMatch(JudgesOfMutants::asksWhichTestsThereAre))) {
            return;
        }
        Stopping stopping = new Stopping();
        LauncherFactory.create()
                .execute(LauncherExecutionRequestBuilder.request(LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass("dev.gapless." + name))
                                .filters(TagFilter.excludeTags("seconds"))
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

    /** Remembers the first failure, and runs no other test after it. */
    private static final class Stopping implements TestExecutionListener {
        final CancellationToken token = CancellationToken.create();

        @org.jspecify.annotations.Nullable Throwable failure;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED && failure == null) {
                failure = result.getThrowable().orElseGet(() -> new AssertionError(test.getDisplayName()));
                token.cancel();
            }
        }
    }
}
