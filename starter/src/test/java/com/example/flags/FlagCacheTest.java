package com.example.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlagCacheTest {
    @TempDir
    Path directory;

    private final GaplessTestKit kit = GaplessTestKit.create();
    private final TestNode admin = kit.node("admin");
    private final TestNode app = kit.node("app");
    private FlagFile file;
    private FlagEditor editor;

    @BeforeEach
    void make() {
        file = new FlagFile(directory.resolve("flags.txt"));
        editor = new FlagEditor(admin.gapless(), file);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    private void set(String name, boolean on) {
        editor.set(name, on).toCompletableFuture().join();
    }

    @Test
    void whatOneNodeChangesTheOtherKnows() {
        set("beta", true);
        FlagCache cache = new FlagCache(app.gapless(), file);
        assertTrue(cache.ready().toCompletableFuture().isDone());
        assertTrue(cache.isOn("beta"));
        set("beta", false);
        assertFalse(cache.isOn("beta"));
    }

    @Test
    void whatItMissedItReads() {
        FlagCache cache = new FlagCache(app.gapless(), file);
        set("beta", true);
        admin.overrun(Flag.TOPIC, () -> set("beta", false)); // published, and never delivered
        kit.pass(Duration.ofSeconds(10)); // a reload waits for its time, in the virtual time
        assertFalse(cache.isStale());
        assertFalse(cache.isOn("beta"));
    }

    @Test
    void whileItCannotReadItShowsTheLastStateAndSaysSo() {
        FlagCache cache = new FlagCache(app.gapless(), file);
        set("beta", true);
        Path flags = directory.resolve("flags.txt");
        Path away = directory.resolve("away.txt");
        admin.overrun(Flag.TOPIC, () -> {
            set("beta", false);
            assertTrue(flags.toFile().renameTo(away.toFile()));
            assertTrue(flags.toFile().mkdir(), "what is no file cannot be read");
        });
        kit.pass(Duration.ofSeconds(10));
        assertTrue(cache.isStale());
        assertTrue(cache.isOn("beta"));

        assertTrue(flags.toFile().delete());
        assertTrue(away.toFile().renameTo(flags.toFile()));
        kit.pass(Duration.ofSeconds(60));
        assertFalse(cache.isStale());
        assertFalse(cache.isOn("beta"));
    }

    /** As in a cluster, by what application.conf binds to its class. */
    @Test
    void aFlagIsSerialized() {
        TestSubscription<Flag> seen = app.subscribe(Flag.TOPIC);
        admin.publish(Flag.TOPIC, new Flag("beta", true, 1));
        seen.expectMessage(new Flag("beta", true, 1));
        admin.overrun(Flag.TOPIC);
        seen.expectExpiry(admin, Reason.OVERRUN);
        assertEquals(0, file.readAll().size(), "it was not written");
    }
}
