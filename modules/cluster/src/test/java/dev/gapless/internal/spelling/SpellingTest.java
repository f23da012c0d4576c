package dev.gapless.internal.spelling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> KNOWN = List.of("role", "shards", "node-name", "buffer-bytes", "buffer-messages");

    @ParameterizedTest
    @CsvSource({
        "bufer-messages, buffer-messages",
        "nodeName, node-name",
        "NODE_NAME, node-name",
        "node.name, node-name",
        "node-nmae, node-name",
        "bufferbites, buffer-bytes",
        "rolle, role",
    })
    void findsWhatIsMeant(String written, String meant) {
        assertEquals(Optional.of(meant), Spelling.nearest(written, KNOWN));
    }

    @ParameterizedTest
    @CsvSource({"home", "opts", "port", "java-opts", "buffer", "max-messages", "''"})
    void findsNothingWhereNoneIsNear(String written) {
        assertEquals(Optional.empty(), Spelling.nearest(written, KNOWN));
    }

    @Test
    void findsNothingAmongNone() {
        assertEquals(Optional.empty(), Spelling.nearest("role", List.of()));
    }
}
