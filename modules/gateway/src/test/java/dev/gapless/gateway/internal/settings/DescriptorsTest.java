package dev.gapless.gateway.internal.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {
    @ParameterizedTest
    @CsvSource({"300, 100", "1024, 150", "20000, 200", "1048576, 200"})
    void connectionsOfBothPortsLeaveTheClusterItsDescriptors(long limit, long open) {
        int most = Descriptors.most(20_000, 2, limit, open);
        assertTrue(most >= 1 && most <= 20_000);
        assertTrue(limit - open - 2L * most >= Math.min(64, limit / 4));
    }

    @Test
    void whatThereIsRoomForIsNotTouched() {
        assertEquals(100, Descriptors.most(100, 2, 20_000, 200));
    }

    @Test
    void aProcessWithoutRoomStillAnswersOne() {
        assertEquals(1, Descriptors.most(100, 2, 64, 60));
    }
}
