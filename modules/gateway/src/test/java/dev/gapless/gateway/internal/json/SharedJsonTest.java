package dev.gapless.gateway.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.gateway.internal.budget.Budget;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The JSON of a message is made once, by its array and number, and no more is kept than was said. */
class SharedJsonTest {
    private static final int MEBIBYTE = 1 << 20;

    private final List<Integer> made = new ArrayList<>();

    private String copy(ArrayJson of, int number, int most) {
        Bytes to = new Bytes();
        if (!of.copy(number, to)) {
            of.make(
                    number,
                    most,
                    (more, json) -> {
                        made.add(number + more);
                        json.text("<" + (number + more) + ">");
                    },
                    to);
        }
        return to.toString();
    }

    @Test
    void eachIsMadeOnceWhereverSomebodyBegins() {
        ArrayJson of = new SharedJson(MEBIBYTE, Budget.unbounded()).of(new byte[10]);
        assertEquals("<40>", copy(of, 40, 20));
        assertEquals("<7>", copy(of, 7, 50));
        assertEquals("<0>", copy(of, 0, 1));
        for (int number = 0; number < 100; number++) {
            assertEquals("<" + number + ">", copy(of, number, 100 - number));
        }
        assertEquals(
                IntStream.range(0, 100).boxed().toList(), made.stream().sorted().toList());
    }

    @Test
    void noMoreIsMadeAtOnceThanSomeKibibytes() {
        ArrayJson of = new SharedJson(MEBIBYTE, Budget.unbounded()).of(new byte[10]);
        Bytes to = new Bytes();
        List<Integer> sizes = new ArrayList<>();
        of.make(
                0,
                100,
                (more, json) -> {
                    json.text("x".repeat(5_000));
                    sizes.add(json.size());
                },
                to);
        assertEquals(5_000, to.size());
        assertEquals(20_000, Collections.max(sizes));
        assertTrue(of.copy(3, to));
        assertFalse(of.copy(4, to));
    }

    @Test
    void whatWasBegunFirstIsForgottenFirstAndTheRestIsKept() {
        SharedJson cache = new SharedJson(100_000, Budget.unbounded());
        List<byte[]> arrays = new ArrayList<>();
        List<ArrayJson> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            byte[] data = new byte[1_000];
            arrays.add(data);
            ArrayJson of = cache.of(data);
            all.add(of);
            of.make(0, 1, (more, json) -> json.text("x".repeat(9_000)), new Bytes());
            assertTrue(cache.bytes() <= 100_000, () -> "it keeps " + cache.bytes());
        }
        assertSame(all.get(49), cache.of(arrays.get(49)));
        assertSame(all.get(43), cache.of(arrays.get(43)));
        assertNotSame(all.get(0), cache.of(arrays.get(0)));
    }

    @Test
    void whatWasForgottenIsOfUseToWhoeverHasItAndCountsNoMore() {
        SharedJson cache = new SharedJson(5_000, Budget.unbounded());
        ArrayJson first = cache.of(new byte[1_000]);
        cache.of(new byte[4_000]);
        long before = cache.bytes();
        assertEquals("<3>", copy(first, 3, 5));
        assertEquals("<3>", copy(first, 3, 5));
        assertEquals(List.of(3, 4, 5, 6, 7), made);
        assertEquals(before, cache.bytes());
    }

    @Test
    void whoMayBeAloneSharesFromTheMomentOnAtWhichAnotherOneComes() {
        SharedJson cache = new SharedJson(MEBIBYTE, Budget.unbounded());
        byte[] index = new byte[10];
        assertNull(cache.ofMany(index, 1));
        assertNull(cache.ofMany(index, 1), "again");
        assertEquals(0, cache.bytes(), "nothing is kept for one");
        ArrayJson of = cache.ofMany(index, 2);
        assertNotNull(of);
        assertSame(of, cache.ofMany(index, 1));
        assertSame(of, cache.of(index));
        byte[] other = new byte[10];
        assertSame(cache.of(other), cache.ofMany(other, 1), "who is not alone shares at once");
    }
}
