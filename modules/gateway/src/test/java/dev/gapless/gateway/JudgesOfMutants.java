package dev.gapless.gateway;

import dev.gapless.pit.TestClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tests that judge the mutants of this module (the profile {@code pit-gateway}): those that judge much in little time. A build runs all of
 * them, without this class.
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
        TestClass.run("dev.gapless.gateway." + name);
    }
}
