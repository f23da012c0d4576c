package dev.gapless;

import dev.gapless.pit.TestClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tests that judge the mutants of this module (the profile {@code pit}): those that judge much in little time. A build runs all of
 * them, without this class.
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
                "PositionedTableTest",
                "PublishSubscribeTest",
                "PublishTest",
                "ReloadTest",
                "SinceTest",
                "StreamsTest",
                "TableExamplesTest",
                "TableFaultsTest",
                "TableReadTest",
                "TableReadersTest",
                "TableReportTest",
                "TableTest",
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
                "internal.table.HeadsTest",
                "internal.table.HeldTest",
                "internal.table.ListeningTest",
                "internal.table.ReadPaceTest",
                "internal.table.ReloadingTest",
                "internal.table.TableSettingsTest",
                "internal.table.ViewsTest",
                "internal.time.DeadlinesTest",
                "internal.time.WakeupTest",
                "internal.wire.CodecTest",
                "internal.wire.WireBufferTest",
                "internal.wire.WireSerializerTest"
            })
    void noTestFails(String name) throws Throwable {
        TestClass.run("dev.gapless." + name);
    }
}
