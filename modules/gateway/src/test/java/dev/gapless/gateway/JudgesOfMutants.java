package dev.gapless.gateway;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.lang.StackWalker.StackFrame;
import org.jspecify.annotations.Nullable;
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
 * The tests that judge the mutants of this module (the profile {@code pit-gateway}), as those of {@code modules/cluster} do it: a class
 * at a time, without the methods that take seconds. A build runs all of them, without this class.
 */
class JudgesOfMutants {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BadInputTest",
                "CloseOnLagTest",
                "CommandTest",
                "CompressedMessagesTest",
                "CrossOriginTest",
                "DocumentChangesTest",
                "EventStreamTest",
                "GatewayDocumentTest",
                "GrpcTest",
                "LimitsTest",
                "ObservedTest",
                "OtherFilterTest",
                "PublishingTest",
                "UnfinishedTest",
                "WebSocketTest",
                "internal.changes.ChangeRingTest",
                "internal.changes.SlowFollowersTest",
                "internal.client.ClientModelTest",
                "internal.client.ClientEndsTest",
                "internal.client.ClientStateTest",
                "internal.client.ClientsTest",
                "internal.client.CommentsTest",
                "internal.client.ParserFuzzTest",
                "internal.client.PingsTest",
                "internal.client.LastTokenTest",
                "internal.client.ClientTurnsTest",
                "internal.client.UnsentTest",
                "internal.client.WakeUpTest",
                "internal.grpc.InboundTest",
                "internal.json.BytesTest",
                "internal.json.EventJsonTest",
                "internal.json.MessageJsonTest",
                "internal.json.PayloadJsonTest",
                "internal.json.SharedJsonTest",
                "internal.json.StartRequestTest",
                "internal.access.AllowanceTest",
                "internal.settings.DescriptorsTest",
                "internal.settings.GatewaySettingsTest",
                "internal.web.IdempotencyTest",
                "internal.web.KeyedAnswersTest",
                "internal.web.TargetFuzzTest",
                "internal.web.UserTimeoutTest"
            })
    void noTestFails(String name) throws Throwable {
        if (StackWalker.getInstance().walk(frames -> frames.anyMatch(JudgesOfMutants::asksWhichTestsThereAre))) {
            return;
        }
        Stopping stopping = new Stopping();
        LauncherFactory.create()
                .execute(LauncherExecutionRequestBuilder.request(LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass("dev.gapless.gateway." + name))
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

    /** Remembers the first failure, and runs no other test after it. */
    private static final class Stopping implements TestExecutionListener {
        final CancellationToken token = CancellationToken.create();

        @Nullable Throwable failure;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED && failure == null) {
                failure = result.getThrowable().orElseGet(() -> new AssertionError(test.getDisplayName()));
                token.cancel();
            }
        }
    }
}
