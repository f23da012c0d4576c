package dev.gapless.internal.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.SubscriptionSettings;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Format;
import dev.gapless.core.log.Slice;
import dev.gapless.internal.Slices;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a filter takes, without a cluster. */
class FilterLawsTest {
    private static final Filter OF_A =
            new Filter(SubscriptionSettings.defaults().withNodes("a"));

    private static final Filter EVERYTHING = new Filter(SubscriptionSettings.defaults());

    private static Filter keys(String... patterns) {
        return new Filter(SubscriptionSettings.defaults().withKeys(patterns));
    }

    private static Gap gap(@Nullable String node, @Nullable Epoch epoch) {
        return new Gap(node, Reason.PRODUCER_LOST, epoch, null, null, null);
    }

    private static boolean takes(Filter filter, @Nullable String key) {
        Slice slice = Slices.of(0, new Content(key, false, Map.of(), Format.NONE, new byte[1]))
                .get(0);
        return filter.takesMessage(slice, 0);
    }

    @Test
    void aGapOfANodeIsToldToWhoeverMayMissSomethingOfIt() {
        assertTrue(OF_A.takesGap(gap("a", new Epoch(1))));
        assertFalse(OF_A.takesGap(gap("b", new Epoch(1))));
        assertTrue(OF_A.takesGap(gap(null, null)), "of nobody in particular");
        assertTrue(OF_A.takesGap(gap("10.0.0.7:25520", null)), "who went before it told its name may have been a");
        assertFalse(OF_A.takesGap(gap("10.0.0.7:25520", new Epoch(1))), "this one answered by that name");
        assertTrue(keys("x").takesGap(gap("b", new Epoch(1))), "whatever keys it had");
    }

    @Test
    void aPatternTakesTheKeysThatBeginWithItAndAKeyWithoutAStarItselfAlone() {
        assertTrue(takes(keys("ab*"), "abc"));
        assertTrue(takes(keys("ab*"), "ab"));
        assertFalse(takes(keys("ab*"), "cab"));
        assertFalse(takes(keys("ab"), "abc"));
        assertFalse(takes(keys("ab*"), null));
        assertTrue(takes(EVERYTHING, null));
    }

    @Test
    void filtersThatTakeOtherThingsHaveOtherHashesAndTheOrderMakesNone() {
        assertEquals(0, EVERYTHING.hash());
        assertNotEquals(0, OF_A.hash());
        assertNotEquals(OF_A.hash(), new Filter(SubscriptionSettings.defaults().withNodes("b")).hash());
        assertNotEquals(keys("a").hash(), keys("b").hash());
        assertNotEquals(keys("a").hash(), OF_A.hash());
        assertNotEquals(keys("ab", "c").hash(), keys("a", "bc").hash());
        assertEquals(keys("a", "b").hash(), keys("b", "a").hash());
    }
}
