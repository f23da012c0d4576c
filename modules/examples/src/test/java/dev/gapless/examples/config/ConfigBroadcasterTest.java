package dev.gapless.examples.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import dev.gapless.testkit.GaplessTestKit;
import dev.gapless.testkit.TestNode;
import dev.gapless.testkit.TestSubscription;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigBroadcasterTest {
    private final GaplessTestKit kit = GaplessTestKit.create();
    private final TestNode admin = kit.node("admin");
    private final TestNode service = kit.node("service");
    private final SettingsTable table = new SettingsTable();
    private final ConfigBroadcaster broadcaster = new ConfigBroadcaster(admin.gapless(), table);
    private final LiveSettings settings = new LiveSettings(table, "billing.");

    @AfterEach
    void close() {
        kit.close();
    }

    private void set(String key, String value) {
        broadcaster.set(key, value).toCompletableFuture().join();
    }

    private void delete(String key) {
        broadcaster.delete(key).toCompletableFuture().join();
    }

    private void assertSetting(String key, String value) {
        assertEquals(Optional.ofNullable(value), settings.get(key));
    }

    @Test
    void aServiceKnowsItsSettingsAndNoOthers() {
        set("billing.currency", "EUR");
        settings.start(service.gapless());
        assertSetting("billing.currency", "EUR");
        set("billing.limit", "100");
        set("shipping.limit", "5");
        assertSetting("billing.limit", "100");
        assertSetting("shipping.limit", null);
        delete("billing.currency");
        assertSetting("billing.currency", null);
        set("billing.currency", "CHF");
        assertSetting("billing.currency", "CHF");
    }

    @Test
    void aServiceWhoseNodeHasEndedKnowsThatItsSettingsAreStale() {
        settings.start(service.gapless());
        assertTrue(settings.isCurrent());
        service.leave();
        assertFalse(settings.isCurrent());
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void afterEveryKindOfExpiryItKnowsWhatItMissed(Reason reason) {
        set("billing.currency", "EUR");
        set("billing.limit", "100");
        kit.expire(reason, ConfigBroadcaster.SETTINGS, settings).expectExpiry(reason);
        assertSetting("billing.currency", "EUR");
        assertSetting("billing.limit", "100");
    }

    @Test
    void whatWasDeletedMeanwhileIsGoneAndWhatComesAgainChangesNothing() {
        settings.start(service.gapless());
        set("billing.currency", "EUR");
        set("billing.limit", "100");
        TestSubscription<Setting> seen = service.subscription(ConfigBroadcaster.SETTINGS);
        ConfigBroadcaster other = new ConfigBroadcaster(kit.node("admin2").gapless(), table);
        kit.cut(kit.node("admin2"), service);
        other.set("billing.limit", "200").toCompletableFuture().join(); // on its way for a while, as is the next one
        other.set("billing.new", "1").toCompletableFuture().join();
        admin.overrun(ConfigBroadcaster.SETTINGS, () -> {
            delete("billing.currency");
            delete("billing.new");
            set("billing.limit", "300");
        });
        assertSetting("billing.currency", null);
        assertSetting("billing.limit", "300");
        kit.reconnect(kit.node("admin2"), service);
        assertSetting("billing.limit", "300");
        seen.nextMessage();
        seen.nextMessage();
        seen.expectExpiry(admin, Reason.OVERRUN);
        assertEquals("200", seen.nextMessage().message().value());
        assertEquals("1", seen.nextMessage().message().value());
        assertSetting("billing.new", null);
    }
}
