package dev.gapless.durable;

import dev.gapless.pit.TestClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tests that judge the mutants of this module (the profile {@code pit-durable}): those that judge much in little time. A build runs all of
 * them, without this class.
 */
class JudgesOfMutants {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CompactionTest",
                "DirectoryTest",
                "EmbeddedDatabaseTest",
                "EmbeddedDirectoryTest",
                "EmbeddedFileTest",
                "JournalAdminTest",
                "NamedTest",
                "RecordCodecTest",
                "RepairTest",
                "RestartTest",
                "ServerUrlTest",
                "StartTest",
                "StoreFaultsTest",
                "StoredLogTest",
                "StoredTokensTest",
                "SyncTest",
                "TakeOverSettingsTest"
            })
    void noTestFails(String name) throws Throwable {
        TestClass.run("dev.gapless.durable." + name);
    }
}
