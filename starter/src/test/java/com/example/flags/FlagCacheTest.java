package com.example.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlagCacheTest {
    @TempDir
    Path directory;

    private FlagFile file;
    private FlagCache cache;

    @BeforeEach
    void make() {
        file = new FlagFile(directory.resolve("flags.txt"));
        cache = new FlagCache(file);
    }

    @Test
    void whatOneNodeChangesTheOtherKnows() {
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            FlagEditor editor = new FlagEditor(kit.node("admin").gapless(), file);
            editor.set("beta", true).toCompletableFuture().join();
            cache.follow(kit.node("app").gapless()).toCompletableFuture().join();
            assertTrue(cache.isOn("beta"));
            editor.set("beta", false).toCompletableFuture().join();
            assertFalse(cache.isOn("beta"));
        }
    }

    @Test
    void whatItMissedItReloads() {
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestNode admin = kit.node("admin");
            TestNode app = kit.node("app");
            FlagEditor editor = new FlagEditor(admin.gapless(), file);
            cache.follow(app.gapless()).toCompletableFuture().join();
            TestSubscription<Flag> seen = app.subscription(Flag.TOPIC);
            editor.set("beta", true).toCompletableFuture().join();

            admin.overrun(Flag.TOPIC, () -> editor.set("beta", false)); // published, and never delivered

            seen.expectMessage(new Flag("beta", true, 1))
                    .expectExpiry(admin, Reason.OVERRUN)
                    .expectReloaded()
                    .expectNothing();
            assertFalse(cache.isOn("beta"));
        }
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void itReloadsAfterEveryKindOfExpiry(Reason reason) {
        file.set("beta", true);
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            kit.expire(reason, Flag.TOPIC, cache).expectExpiry(reason).expectReloaded();
            assertEquals(file.readAll(), cache.all());
        }
    }

    /** As in a cluster, by what application.conf binds to its class. */
    @Test
    void aFlagIsSerialized() {
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            TestSubscription<Flag> seen = kit.node("app").subscribe(Flag.TOPIC);
            kit.node("admin").publish(Flag.TOPIC, new Flag("beta", true, 1));
            seen.expectMessage(new Flag("beta", true, 1));
        }
    }
}
