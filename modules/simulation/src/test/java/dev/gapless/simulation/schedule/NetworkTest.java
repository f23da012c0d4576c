package dev.gapless.simulation.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final int MOST_IN_FLIGHT = 20;

    private final Timeline timeline = new Timeline();
    private final Counts counts = new Counts();
    private final Network network = new Network(timeline, new SplittableRandom(1), counts, 3, MOST_IN_FLIGHT);
    private final Host one = new Host(0, true, 1, true, Host.Addresses.STAY);
    private final Host other = new Host(1, true, 1, true, Host.Addresses.STAY);
    private final Host third = new Host(2, true, 1, true, Host.Addresses.STAY);
    private final List<Object> received = new ArrayList<>();

    NetworkTest() {
        network.listen(other, (from, message) -> received.add(message));
    }

    @Test
    void deliversInTheOrderOfEachDirection() {
        send(1, 10);
        assertEquals(List.of(), received);
        pass();
        assertEquals(numbers(1, 10), received);
    }

    @Test
    void keepsTheOrderWhenAClogEnds() {
        network.delay(one, other, Profile.SECOND);
        send(1, 3);
        network.delay(one, other, 0);
        send(4, 6);
        timeline.runUntil(timeline.nowNs() + Profile.SECOND / 2);
        assertEquals(List.of(), received);
        pass();
        assertEquals(numbers(1, 6), received);
        assertEquals(3, counts.of("packets: held up on a clogged link"));
    }

    @Test
    void losesWhatIsUnderWayToAnAddressThatIsNoMore() {
        send(1, 3);
        network.dropTo(other);
        send(4, 4);
        pass();
        assertEquals(List.of(4), received);
        assertEquals(3, counts.of("packets: lost in a reset"));
    }

    @Test
    void losesARunInOneDirectionAndNothingElse() {
        send(1, 2);
        network.loseNext(one, other, 3);
        send(3, 9);
        network.send(third, other, 100);
        pass();
        assertEquals(
                List.of(1, 2, 6, 7, 8, 9),
                received.stream().filter(message -> !message.equals(100)).toList());
        assertEquals(7, received.size());
        assertEquals(3, counts.of("packets: lost in silence"));
    }

    @Test
    void losesWhatIsUnderWayInAReset() {
        send(1, 4);
        network.reset(one, other);
        send(5, 6);
        pass();
        assertEquals(numbers(5, 6), received);
        assertEquals(4, counts.of("packets: lost in a reset"));
    }

    @Test
    void dropsWhatOverflowsItsBoundedQueue() {
        send(1, MOST_IN_FLIGHT + 5);
        pass();
        assertEquals(numbers(1, MOST_IN_FLIGHT), received);
        assertEquals(5, counts.of("packets: lost to a full link"));
        send(100, 100);
        pass();
        assertEquals(100, received.get(MOST_IN_FLIGHT));
    }

    @Test
    void cutsOneDirectionUntilItWasMendedAsOften() {
        List<Object> back = new ArrayList<>();
        network.listen(one, (from, message) -> back.add(message));
        network.cut(one, other);
        network.cut(one, other);
        network.mend(one, other);
        send(1, 2);
        network.send(other, one, 50);
        pass();
        assertEquals(List.of(), received);
        assertEquals(List.of(50), back);
        assertEquals(2, counts.of("packets: lost to a cut"));
        network.mend(one, other);
        send(3, 3);
        pass();
        assertEquals(List.of(3), received);
    }

    @Test
    void carriesOverToTheNextIncarnationWhatItsPredecessorDidNotGet() {
        send(1, 2);
        pass();
        network.silence(other);
        send(3, 5);
        pass();
        List<Object> successor = new ArrayList<>();
        network.listen(other, (from, message) -> successor.add(message));
        send(6, 6);
        pass();
        assertEquals(numbers(1, 2), received);
        assertEquals(numbers(3, 6), successor);
        assertNotEquals(0, counts.of("packets: carried into the next incarnation"));
    }

    @Test
    void isWholeOnceItHasHealed() {
        network.cut(one, other);
        network.loseNext(one, other, 5);
        network.delay(one, other, 100 * Profile.SECOND);
        network.heal();
        send(1, 3);
        pass();
        assertEquals(numbers(1, 3), received);
    }

    private void send(int first, int last) {
        IntStream.rangeClosed(first, last).forEach(number -> network.send(one, other, number));
    }

    private void pass() {
        timeline.runUntil(timeline.nowNs() + 2 * Profile.SECOND);
    }

    private static List<Integer> numbers(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }
}
