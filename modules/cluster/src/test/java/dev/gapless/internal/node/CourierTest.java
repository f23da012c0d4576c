package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.wire.AskHistory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CourierTest {
    private final Set<String> listening = new HashSet<>();
    private final Set<String> ending = new HashSet<>();
    private final List<Runnable> probes = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<String> delivered = new ArrayList<>();
    private final Courier courier = new Courier(
            listening::contains,
            address -> !ending.contains(address),
            (address, message) -> sent.add(address + " " + ((AskHistory) message).number()),
            delivered::add,
            probes::add);

    private void send(String address, long number) {
        courier.send(address, new AskHistory(1, 2, number));
    }

    private void probe() {
        List<Runnable> due = List.copyOf(probes);
        probes.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void whatIsSentToOneAddressStaysInOrderBehindOneProbe() {
        listening.add("a:1");
        send("a:1", 1);
        send("a:1", 2);
        assertEquals(1, probes.size());
        assertEquals(List.of(), sent);
        probe();
        send("a:1", 3);
        probe();
        assertEquals(List.of("a:1 1", "a:1 2", "a:1 3"), sent);
    }

    @Test
    void nothingIsSentWhereNobodyListens() {
        listening.add("b:1");
        send("a:1", 1);
        send("b:1", 2);
        probe();
        assertEquals(List.of("b:1 2"), sent);
        assertEquals(List.of(), delivered);
        probe();
        assertEquals(List.of("b:1"), delivered);
        send("a:1", 3);
        assertEquals(1, probes.size(), "it may listen by now");
    }

    @Test
    void whoEndsConnectionsIsSentItAllTheSame() {
        listening.add("a:1");
        ending.add("a:1");
        send("a:1", 1);
        probe();
        assertEquals(List.of("a:1 1"), sent);
        send("a:1", 2);
        assertEquals(2, probes.size(), "nothing waits until it is known whether connections are kept");
        probe();
        assertEquals(List.of("a:1 1", "a:1 2"), sent);
        probe();
        assertEquals(List.of(), delivered);
    }

    @Test
    void whatIsTooMuchIsLost() {
        listening.add("a:0");
        LongStream.rangeClosed(1, Courier.MOST_WAITING + 10L).forEach(number -> send("a:0", number));
        for (int i = 1; i < Courier.MOST_ADDRESSES + 10; i++) {
            send("a:" + i, 1);
        }
        assertEquals(Courier.MOST_ADDRESSES, probes.size());
        probe();
        assertEquals(Courier.MOST_WAITING, sent.size());
    }
}
