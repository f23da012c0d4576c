package dev.gapless.multijvm.checker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the judge of named subscriptions finds. */
class KeptTest {
    @TempDir
    Path directory;

    private int lives;

    @BeforeEach
    void publish() throws IOException {
        StringBuilder lines = new StringBuilder("publisher orders n1 a 1 0\n");
        for (int i = 1; i <= 9; i++) {
            lines.append("p 1 " + i + " h" + i + " 0\na 1 " + i + " e " + i + "\n");
        }
        Files.writeString(directory.resolve("publisher-orders.journal"), lines);
    }

    private void life(String... lines) throws IOException {
        lives++;
        Files.writeString(
                directory.resolve("subscription-" + lives + ".journal"),
                "subscription s orders n3 1 - 0 " + lives + "\ny 0 1\n" + String.join("\n", lines) + "\n");
    }

    private static String given(int sequence) {
        return "d n1 e " + sequence + " 1 1 1 h" + sequence;
    }

    private void assertFinds(String what) {
        Kept kept = new Kept(directory);
        assertEquals(1, kept.violations().size(), kept.violations()::toString);
        assertTrue(kept.violations().iterator().next().contains(what), kept.violations()::toString);
    }

    @Test
    void whatComesAgainIsFineAndCounted() throws IOException {
        life(given(3), given(4), given(5));
        life(given(4), given(5), given(6), given(7), given(8));
        assertFalse(new Kept(directory).isLevel());
        life(given(9));
        Kept kept = new Kept(directory);
        assertEquals(List.of(), List.copyOf(kept.violations()));
        assertEquals(2, kept.counts().get("given again"));
        assertTrue(kept.isLevel());
    }

    @Test
    void findsWhatIsSkippedBetweenLives() throws IOException {
        life(given(3), given(4));
        life(given(6));
        assertFinds("silently");
    }

    @Test
    void findsWhatIsSkippedInALife() throws IOException {
        life(given(3), given(5));
        assertFinds("behind 3");
    }

    @Test
    void findsANoticeAndAnEnd() throws IOException {
        life(given(3), "x 1 0");
        assertFinds("is told");
        life("e FAILED 0");
        assertEquals(2, new Kept(directory).violations().size());
    }

    @Test
    void findsAnotherContent() throws IOException {
        life("d n1 e 3 1 1 1 other");
        assertFinds("as other");
    }

    @Test
    void findsARowThatIsMissingAndOneThatIsThereTwice() throws IOException {
        Kept kept = new Kept(directory);
        assertFalse(kept.rows(List.of("e 7 h7", "e 8 h8")));
        assertTrue(kept.rows(List.of("e 8 h8", "e 9 h9")));
        assertEquals(List.of(), List.copyOf(kept.violations()));
        assertTrue(kept.rows(List.of("e 7 h7", "e 9 h9")));
        assertEquals(1, kept.violations().size());
        assertTrue(kept.rows(List.of("e 8 h8", "e 8 h8", "e 9 h9")));
        assertEquals(2, kept.violations().size());
    }
}
