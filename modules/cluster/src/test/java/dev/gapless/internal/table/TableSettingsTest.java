package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TableSettingsTest {
    private final TableSettings settings =
            new TableSettings(10, 100, 1, Duration.ofSeconds(1), false, false, Duration.ofSeconds(1), 1);

    @Test
    void aTableMayBeAsLargeAsItsBoundsAndNoLarger() {
        assertNull(settings.exceededBy("t", 10, 100));
        assertNotNull(settings.exceededBy("t", 11, 0));
        assertNotNull(settings.exceededBy("t", 0, 101));
    }
}
