package dev.gapless.gateway.internal.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private final Budget budget = new Budget(1_000, 100, Map.of(Share.UNFINISHED, 300L));

    private Budget.Account heads(String holder) {
        return budget.exactAccount(Share.HEADS, holder);
    }

    @Test
    void oneHolderMayHoldHalf() {
        assertTrue(heads("a").add(500));
        assertFalse(heads("a").add(1));
        assertFalse(budget.exactAccount(Share.FILTERS, "a").add(1), "whatever it is for");
        assertEquals(500, budget.bytes(Share.HEADS));
        assertEquals(0, budget.bytes(Share.FILTERS));
    }

    @Test
    void refusesWhoHoldsMostAndNobodyElse() {
        assertTrue(heads("greedy").add(500));
        assertTrue(heads("modest").add(10));
        assertFalse(heads("greedy").add(10));
        assertTrue(heads("modest").add(10));
    }

    @Test
    void neverHoldsMoreThanThereIs() {
        for (int i = 0; i < 10_000; i++) {
            var unused = heads("holder " + i).add(1 + i % 100);
        }
        assertTrue(budget.bytes(Share.HEADS) <= 1_000);
        assertTrue(budget.bytes(Share.HEADS) > 900);
    }

    @Test
    void whatIsFreedIsThereForOthers() {
        Budget.Account account = heads("a");
        assertTrue(account.add(400));
        account.free(100);
        account.keep(200);
        assertEquals(200, budget.bytes(Share.HEADS));
        account.clear();
        account.clear();
        assertEquals(0, budget.bytes(Share.HEADS));
        assertTrue(heads("a").set(500));
        assertFalse(heads("a").set(1));
    }

    @Test
    void aShareHasABoundOfItsOwn() {
        assertTrue(budget.exactAccount(Share.UNFINISHED, "a").add(300));
        assertFalse(budget.exactAccount(Share.UNFINISHED, "b").add(1));
        assertTrue(heads("b").add(1));
    }

    @Test
    void doesNotCountWhatIsSmall() {
        assertTrue(heads("greedy").add(500));
        Budget.Account small = budget.account(Share.HEADS, "greedy");
        assertTrue(small.add(100));
        assertFalse(small.add(1));
        small.clear();
        assertEquals(500, budget.bytes(Share.HEADS));
    }

    @Test
    void isHeldByAnotherFromNowOn() {
        Budget.Account account = heads("address");
        assertTrue(account.add(400));
        account.become("subject");
        assertTrue(heads("address").add(200));
        assertFalse(heads("subject").add(1));
        account.clear();
        assertTrue(heads("subject").add(300));
    }

    @Test
    void cachesYieldFirst() {
        long[] cached = {600};
        budget.cache(Share.JSON_CACHE, 600);
        budget.addCache(() -> {
            while (budget.isFull() && cached[0] > 0) {
                cached[0] -= 100;
                budget.cache(Share.JSON_CACHE, -100);
            }
        });
        assertTrue(heads("a").add(400));
        assertEquals(600, budget.bytes(Share.JSON_CACHE));
        assertTrue(heads("a").add(50));
        assertEquals(500, budget.bytes(Share.JSON_CACHE));
        budget.count(Share.UNSENT, 500);
        assertEquals(0, budget.bytes(Share.JSON_CACHE));
        assertTrue(budget.hasRoom());
        assertFalse(heads("b").add(51), "caches have nothing left");
        budget.count(Share.UNSENT, 50);
        assertFalse(budget.hasRoom());
    }

    @Test
    void saysHowMuchOneMayHoldBesideAllOthers() {
        assertEquals(500, budget.mostFor("a"));
        assertTrue(heads("a").add(100));
        assertTrue(heads("b").add(200));
        assertEquals(400, budget.mostFor("a"));
        assertTrue(heads("a").add(300));
        assertFalse(heads("a").add(1));
    }
}
