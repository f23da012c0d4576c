package dev.gapless.internal.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gapless.core.Epoch;
import dev.gapless.core.table.Row;
import dev.gapless.core.table.TableState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** The maps of what is seen, which are made when somebody asks. */
class ViewsTest {
    private static final Epoch STREAM = new Epoch(1);

    private final TableState<String> state = new TableState<>();
    private final Views<String> views = new Views<>(state);
    private final Map<String, String> rows = new HashMap<>();
    private long version;

    @BeforeEach
    void load() {
        state.ask();
        state.begin(Map.of());
        views.add(state.end(Map.of(), about -> {}));
    }

    private void put(int key) {
        version++;
        rows.put("k" + key, "v" + version);
        views.add(state.message(STREAM, version, "k" + key, new Row<>(version, "v" + version, 1)));
    }

    private void delete(int key) {
        version++;
        rows.remove("k" + key);
        views.add(state.message(STREAM, version, "k" + key, Row.deleted(version)));
    }

    private Map<String, String> now() {
        return CollectionConverters.asJava(views.now());
    }

    @Test
    @DisplayName("each is what is seen when it is made, and stays so, however much has changed between two")
    void areWhatIsSeen() {
        SplittableRandom random = new SplittableRandom(1);
        List<Map<String, String>> made = new ArrayList<>();
        List<Map<String, String>> then = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int changes = random.nextInt(4) == 0 ? random.nextInt(200) : random.nextInt(4);
            for (int j = 0; j < changes; j++) {
                if (random.nextInt(4) == 0) {
                    delete(random.nextInt(100));
                } else {
                    put(random.nextInt(100));
                }
            }
            made.add(now());
            then.add(Map.copyOf(rows));
        }
        assertEquals(then, made);
    }

    @Test
    @DisplayName("without changes it is the same one; a few changes are made on it; after many it is made anew")
    void share() {
        for (int i = 0; i < 1_000; i++) {
            put(i);
        }
        var first = views.now();
        assertSame(first, views.now());
        put(3);
        assertNotSame(first, views.now());
        for (int i = 0; i < 600; i++) {
            put(i);
        }
        assertEquals(rows, now());
    }
}
