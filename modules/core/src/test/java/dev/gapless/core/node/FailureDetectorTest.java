package dev.gapless.core.node;

import static dev.gapless.core.Given.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.gapless.core.Given;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Ping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FailureDetectorTest implements Outbox.Carrier {
    private final List<Ping> sent = new ArrayList<>();
    private final FailureDetector a = new FailureDetector(1, SECOND, 60 * SECOND, Given.outbox(this));
    private final FailureDetector b = new FailureDetector(2, SECOND, 60 * SECOND, Given.outbox(this));

    @Override
    public void send(long toUid, Packet packet) {
        Ping ping = assertInstanceOf(Ping.class, packet);
        assertEquals(ping.toUid(), toUid);
        sent.add(ping);
    }

    @Override
    public void carryOut(Effect effect) {}

    private void exchange(FailureDetector from, FailureDetector to, long nowNs) {
        pings(from, nowNs).forEach(ping -> to.onPing(ping, nowNs));
    }

    private List<Ping> pings(FailureDetector from, long nowNs) {
        sent.clear();
        from.onTime(nowNs, 0, 0);
        return List.copyOf(sent);
    }

    @Test
    @DisplayName("ruleC5: who answers is not silent, for as long as it does")
    void answers() {
        a.watch(2, 0);
        for (int i = 1; i <= 20; i++) {
            assertEquals(List.of(), a.onTime(i * SECOND, 0, 0).silentUids());
            exchange(a, b, i * SECOND);
            exchange(b, a, i * SECOND);
        }
    }

    @Test
    @DisplayName(
            "ruleC5: without an answer for 3 intervals it is silent, and again while that lasts, ever more rarely up to a bound")
    void silent() {
        a.watch(2, 0);
        assertEquals(List.of(4, 8, 15, 28, 53, 78), toldUntil(100));
    }

    private List<Integer> toldUntil(int second) {
        List<Integer> announced = new ArrayList<>();
        for (int i = 1; i < second; i++) {
            if (!a.onTime(i * SECOND, 0, 0).silentUids().isEmpty()) {
                announced.add(i);
            }
        }
        return announced;
    }

    @Test
    @DisplayName(
            "ruleC5: single answers do not make a silence another one: what it makes others do may be what keeps the pings away")
    void silenceWithSingleAnswers() {
        a.watch(2, 0);
        List<Integer> announced = new ArrayList<>();
        for (int i = 1; i <= 60; i++) {
            if (!a.onTime(i * SECOND, 0, 0).silentUids().isEmpty()) {
                announced.add(i);
                exchange(a, b, i * SECOND);
                exchange(b, a, i * SECOND);
            }
        }
        assertEquals(List.of(4, 8, 15, 28, 53), announced);
    }

    @Test
    @DisplayName("ruleC5: after a while without one a silence is found as soon as the first")
    void silenceLongAfterAnother() {
        a.watch(2, 0);
        assertEquals(List.of(4, 8, 15), toldUntil(16));
        for (int i = 16; i <= 50; i++) {
            exchange(a, b, i * SECOND);
            exchange(b, a, i * SECOND);
            assertEquals(List.of(), a.onTime(i * SECOND, 0, 0).silentUids());
        }
        assertEquals(List.of(), a.onTime(53 * SECOND, 0, 0).silentUids());
        assertEquals(List.of(2L), a.onTime(54 * SECOND, 0, 0).silentUids());
    }

    @Test
    @DisplayName("ruleC5: a silence that was told, and has ended since, is not told again")
    void silenceThatHasEnded() {
        a.watch(2, 0);
        for (int i = 1; i <= 4; i++) {
            a.onTime(i * SECOND, 0, 0);
        }
        for (int i = 5; i <= 20; i++) {
            exchange(a, b, i * SECOND);
            exchange(b, a, i * SECOND);
            assertEquals(List.of(), a.onTime(i * SECOND, 0, 0).silentUids());
        }
    }

    @Test
    @DisplayName("ruleC5: pings that have heard none of ours are no answer, so either direction is found")
    void pingsThatHeardNothingAreNoAnswer() {
        a.watch(2, 0);
        b.watch(1, 0);
        for (int i = 1; i <= 3; i++) {
            a.onTime(i * SECOND, 0, 0);
            exchange(b, a, i * SECOND); // b hears nothing of a
        }
        assertEquals(List.of(2L), a.onTime(4 * SECOND, 0, 0).silentUids());
    }

    @Test
    @DisplayName("ruleC5: who was silent and answers can fall silent again")
    void silentTwice() {
        a.watch(2, 0);
        for (int i = 1; i <= 4; i++) {
            a.onTime(i * SECOND, 0, 0);
        }
        exchange(a, b, 5 * SECOND);
        exchange(b, a, 5 * SECOND);
        assertEquals(List.of(), a.onTime(8 * SECOND, 0, 0).silentUids());
        assertEquals(List.of(2L), a.onTime(9 * SECOND, 0, 0).silentUids());
    }

    @Test
    @DisplayName("ruleC5: a silence that was slept through is found, although its end is heard first")
    void silenceSleptThrough() {
        a.watch(2, 0);
        pings(a, SECOND).forEach(ping -> b.onPing(ping, SECOND));
        exchange(b, a, 3600 * SECOND);
        assertEquals(List.of(2L), a.onTime(3600 * SECOND, 0, 0).silentUids());
        assertEquals(List.of(), a.onTime(3601 * SECOND, 0, 0).silentUids());
    }

    @Test
    @DisplayName("ruleP1: the cursors of a node that is silent for too long are dropped, once in each such time")
    void forgotten() {
        a.watch(2, 0);
        assertEquals(List.of(), a.onTime(60 * SECOND, 0, 0).forgottenUids());
        assertEquals(List.of(2L), a.onTime(61 * SECOND, 0, 0).forgottenUids());
        assertEquals(List.of(), a.onTime(62 * SECOND, 0, 0).forgottenUids());
        exchange(a, b, 63 * SECOND);
        exchange(b, a, 63 * SECOND);
        assertEquals(List.of(), a.onTime(123 * SECOND, 0, 0).forgottenUids());
        assertEquals(List.of(2L), a.onTime(124 * SECOND, 0, 0).forgottenUids());
    }

    @Test
    @DisplayName(
            "ruleC5: a node whose cursors were dropped hears so with the next ping that comes through, and is told once")
    void registersAgainWhereItWasForgotten() {
        a.watch(2, 0);
        b.watch(1, 0);
        a.forgot(2);
        a.onTime(SECOND, 0, 0); // this one is lost
        pings(b, SECOND).forEach(ping -> a.onPing(ping, SECOND));
        exchange(a, b, 2 * SECOND);
        assertEquals(List.of(1L), b.onTime(2 * SECOND, 0, 0).silentUids());
        exchange(a, b, 3 * SECOND);
        assertEquals(List.of(), b.onTime(3 * SECOND, 0, 0).silentUids());
    }

    @Test
    @DisplayName("ruleM3: whoever pings is watched, until it is no member any more")
    void watchesWhoPings() {
        assertEquals(List.of(), pings(a, 0));
        a.onPing(new Ping(2, 1, 1, 0, 0, 0, 0), 0);
        assertEquals(List.of(new Ping(1, 2, 1, 1, 0, 0, 0)), pings(a, 0));
        a.unwatchAllBut(Set.of());
        assertEquals(List.of(), pings(a, SECOND));
    }
}
