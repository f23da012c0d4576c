package dev.gapless.gateway.internal.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StatusAskerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ArrayDeque<Runnable> later = new ArrayDeque<>();
    private final List<CompletableFuture<ObjectNode>> asked = new ArrayList<>();
    private final StatusAsker asker = new StatusAsker(
            () -> {
                asked.add(new CompletableFuture<>());
                return asked.get(asked.size() - 1);
            },
            (after, what) -> later.add(what),
            50);

    static ObjectNode json(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode status(int time) {
        return json("{\"time\":" + time + ",\"totals\":{},\"members\":[],\"topics\":[],\"losses\":[],\"gateway\":{}}");
    }

    private void answer(int number) {
        asked.get(number - 1).complete(status(number));
    }

    private static String type(StatusAsker.Update update, long known) {
        try {
            return JSON.readTree(update.text(known)).get("type").textValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void fiftyThatLookOnCostOneRequestASecond() {
        List<Integer> woken = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int one = i;
            asker.watch(() -> woken.add(one));
        }
        for (int second = 1; second <= 3; second++) {
            assertEquals(second, asked.size());
            answer(second);
            assertEquals(50 * second, woken.size());
            assertEquals(1, later.size());
            later.remove().run();
        }
        assertEquals(4, asker.asked().sum());
    }

    @Test
    void nobodyIsAskedOnceNobodyLooksOn() {
        Runnable wake = () -> {};
        asker.watch(wake);
        answer(1);
        asker.unwatch(wake);
        later.remove().run();
        assertEquals(1, asked.size());
        assertEquals(0, later.size());
        assertNull(asker.latest(), "who looks next is told nothing old");
        asker.watch(wake);
        assertEquals(2, asked.size());
    }

    @Test
    void whoLooksOnAgainBeforeTheNextRequestMakesNoOther() {
        Runnable wake = () -> {};
        asker.watch(wake);
        answer(1);
        asker.unwatch(wake);
        asker.watch(wake);
        assertEquals(1, asked.size());
        later.remove().run();
        assertEquals(2, asked.size());
    }

    @Test
    void whoHasThePreviousUpdateGetsWhatHasChangedAndAnybodyElseTheWhole() {
        asker.watch(() -> {});
        answer(1);
        assertEquals("status", type(asker.latest(), 0));
        later.remove().run();
        answer(2);
        assertEquals("status_changed", type(asker.latest(), 1));
        assertEquals("status", type(asker.latest(), 0));
        later.remove().run();
        answer(3);
        assertEquals("status", type(asker.latest(), 1), "it was too slow for the second");
    }

    @Test
    void aRequestThatFailsIsMadeAgain() {
        asker.watch(() -> {});
        asked.get(0).completeExceptionally(new IllegalStateException("planned by this test"));
        assertNull(asker.latest());
        later.remove().run();
        answer(2);
        assertEquals(1, asker.latest().number());
    }

    @Test
    void noMoreLookOnThanAreAllowed() {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String one = "watcher " + i;
            asker.watch(() -> seen.add(one));
        }
        RequestException refused = assertThrows(RequestException.class, () -> asker.watch(() -> {}));
        assertEquals("too_many_clients", refused.kind().code());
    }
}
