package dev.gapless.core.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an application is told of a loss. Producers and places are written as in the cases of the model. */
class LossGapsTest {

    @Test
    @DisplayName("what the ring overwrote is told with numbers, and where the producer goes on")
    void overrun() {
        assertEquals(
                "OVERRUN a 3 missed 7, next a 10",
                told("copied newest 9 head 9 oldest 5 behind 9; a 0- heard 9 log", "a 2"));
        assertEquals(
                "OVERRUN a 3 missed 2, next a 5",
                told("copied newest 9 head 9 oldest 5 behind 1; a 0- heard 9 log", "a 2"),
                "the log still has what was pushed");
        assertEquals(
                "OVERRUN a 1 missed 9, next a 10",
                told("copied newest 9 head 9 oldest 5 behind 9; a 0- heard 9 log", "none"));
    }

    @Test
    @DisplayName(
            "of an incarnation that restarted nobody knows how much is missing; what its successor has lost by then is told apart")
    void restarted() {
        String producer = "; a 0-restarted heard 7 gone 1; b 0- heard 4 log";
        assertEquals("RESTARTED a 6, next b 1", told("copied newest 4 head 4 oldest 1" + producer, "a 5"));
        assertEquals(
                "RESTARTED a 6, next b 1; OVERRUN b 1 missed 4, next b 5",
                told("copied newest 4 head 4 oldest 2" + producer, "a 5"));
    }

    @Test
    @DisplayName("each incarnation that is gone has a gap, with numbers if it left in good order")
    void lost() {
        assertEquals("LOST a 6", told("gone; a 0-lost heard 5 gone 1", "a 5"));
        assertEquals("LOST a 6 missed 4", told("gone; a 0-9 heard 9 left gone 1", "a 5"));
        assertEquals(
                "LOST a 4; LOST b; LOST c",
                told("gone; a 0-lost heard 3 gone 1; b 0-lost heard 0 gone 2; c 0-lost heard 9 gone 3", "a 3"));
        assertEquals(
                "LOST a 4; LOST b",
                told("awaited; a 0-lost heard 3 gone 1; b 0- heard 0 gone 2; c 0-0 heard 0 left gone 3", "a 3"),
                "whoever knows where b ends comes too late: the loss leads behind it");
    }

    @Test
    @DisplayName("a log tells of each of its generations what the ring has lost of it")
    void generations() {
        String log =
                "copied durable newest 20 head 20 oldest 15 behind 20; a 0-4 heard 4 log gone 1; b 4-0 heard 0 log gone 2; c 4-4 heard 4 log"
                        + " gone 3; d 8- heard 12 log";
        assertEquals(
                "OVERRUN a 3 missed 2, next a 5; OVERRUN c 1 missed 4, next c 5; OVERRUN d 1 missed 12, next d 13",
                told(log, "a 2"));
        assertEquals("OVERRUN c 1 missed 4, next c 5; OVERRUN d 1 missed 12, next d 13", told(log, "b 0"));
    }

    @Test
    @DisplayName("a store that went back is told behind the place where the subscription stood")
    void wentBack() {
        String log = "copied durable newest 4 head 4 oldest 1; a 0-4 heard 9 log gone 1; b 4- heard 0 log";
        assertEquals("POSITION_UNKNOWN a, next a 5", told(log, "a 7"));
        assertEquals("LOST a 8", told(log, "a 7 end"));
        assertEquals("LOST a 5", told(log, "a 4"));
        String overtaken = "copied durable newest 4 head 4 oldest 3; a 0-4 heard 9 log gone 1; b 4- heard 0 log";
        assertEquals("OVERRUN a 1 missed 3, next a 4", told(overtaken, "a 0"), "it goes on there");
        String unheard = "copied durable newest 4 head 4 oldest 1; a 0-4 heard 4 log gone 1; b 4- heard 0 log";
        assertEquals("POSITION_UNKNOWN a, next a 5", told(unheard, "a 7"), "another node has heard of that");
        String empty = "copied durable newest 0 head 0 oldest 1 complete; a 0-4 heard 4 left gone 1; b 0- heard 0 log";
        assertEquals("LOST a 5", told(empty, "a 4 end"));
        assertEquals("RESTARTED a 4, next b 1", told(empty, "a 3"));
    }

    @Test
    @DisplayName("where a place is not known it is told where the producer goes on, or that it is lost")
    void unknown() {
        String copied = "copied newest 9 head 9 oldest 5; a 0- heard 9 log";
        for (String place : List.of("unknown", "unanswered", "a 3 told", "told")) {
            assertEquals("POSITION_UNKNOWN a, next a 10", told(copied, place), place);
        }
        assertEquals("POSITION_UNKNOWN -, next a 10", told(copied, "z 3"), "of which that is, nobody knows");
        String succeeded = "copied newest 9 head 9 oldest 5; z 0-restarted heard 3 gone 1; a 0- heard 9 log";
        assertEquals("POSITION_UNKNOWN -, next a 10", told(succeeded, "unknown"), "of z something may be missing, too");
        String log = "copied durable newest 9 head 9 oldest 8; a 0-5 heard 5 log gone 1; b 5- heard 4 log";
        assertEquals(
                "POSITION_UNKNOWN -, next b 5",
                told(log, "a 3 told"),
                "it was told of some, and nobody knows how many");
        assertEquals("LOST a", told("gone; a 0-lost heard 5 gone 1", "unknown"));
        assertEquals("LOST z 4", told("gone", "z 3"));
        assertEquals("LOST -", told("gone; a 0-4 heard 4 left gone 1", "z 3"), "of a something is missing, too");
        assertEquals("LOST z 4", told("gone; a 0-4 heard 4 left gone 1 passed", "z 3"));
        assertEquals("LOST -", told("gone", "unknown"));
    }

    @Test
    @DisplayName("what was told is not told again: up to the end of a generation, or under an address")
    void toldOnce() {
        String producer = "gone; a 0-lost heard 5 gone 1; b 0-lost heard 5 gone 2 told; c 0-lost heard 2 gone 3";
        assertEquals("LOST c", told(producer, "a 5 end"));
        assertEquals("LOST a 6; LOST c", told(producer, "a 5"));
    }

    @Test
    @DisplayName("without a place what was over before the subscription began is left out")
    void passed() {
        assertEquals("LOST b", told("gone; a 0-lost heard 5 gone 1 passed; b 0-lost heard 5 gone 2", "none"));
    }

    @Test
    @DisplayName("whatever is lost, something is told, and nothing of what the subscription has")
    void always() throws IOException {
        int losses = 0;
        for (List<String> words : PlaceCases.read("next.txt")) {
            if (words.get(2).startsWith("lost")) {
                losses++;
                List<Gap> gaps = gaps(words.get(0), words.get(1));
                assertFalse(gaps.isEmpty(), () -> words.toString());
                if (PlaceCases.place(words.get(1)) instanceof ProducerPlace.At at) {
                    gaps.stream()
                            .filter(gap -> at.epoch().equals(gap.epoch()) && gap.firstMissing() != null)
                            .forEach(gap -> assertEquals(at.sequence() + 1, gap.firstMissing(), words.toString()));
                }
            }
        }
        assertTrue(losses > 200, "" + losses);
    }

    @Test
    @DisplayName("no numbers are told of what may have been read: a token left it out")
    void mayBeRead() {
        PlaceCases.Known known = PlaceCases.producer("gone; a 0-9 heard 9 left gone 1");
        ProducerPlace to = known.producer().lead(null, Reason.PRODUCER_LOST);
        List<Gap> gaps = LossGaps.of(known.producer(), null, to, none -> false, none -> false, all -> true);
        assertEquals("LOST a", written(gaps));
        gaps = LossGaps.of(known.producer(), null, to, none -> false, none -> false, none -> false);
        assertEquals("LOST a 1 missed 9", written(gaps));
    }

    private static String told(String producer, String place) {
        return written(gaps(producer, place));
    }

    private static String written(List<Gap> gaps) {
        return gaps.stream().map(gap -> written(gap)).collect(Collectors.joining("; "));
    }

    private static List<Gap> gaps(String text, String at) {
        PlaceCases.Known known = PlaceCases.producer(text);
        ProducerPlace place = PlaceCases.place(at);
        KnownProducer.Passes passed = generation -> known.passed().contains(generation.epoch());
        KnownProducer.Passes told = generation -> known.told().contains(generation.epoch());
        Next next = known.producer()
                .next(place, passed, told, (epoch, sequence) -> known.cached().contains(new Position(epoch, sequence)));
        Next.Lost lost = next instanceof Next.Lost one ? one : new Next.Lost(Reason.OVERRUN);
        ProducerPlace to = known.producer().lead(place, lost.reason());
        return LossGaps.of(known.producer(), place, to, passed, told, none -> false);
    }

    private static String written(Gap gap) {
        assertEquals("p", gap.node());
        return gap.reason().name().replace("PRODUCER_", "") + " " + letter(gap.epoch())
                + (gap.firstMissing() == null ? "" : " " + gap.firstMissing())
                + (gap.missed() == null ? "" : " missed " + gap.missed())
                + (gap.resumesAt() == null
                        ? ""
                        : ", next " + letter(gap.resumesAt().epoch()) + " "
                                + gap.resumesAt().sequence());
    }

    private static String letter(@Nullable Epoch epoch) {
        return epoch == null ? "-" : String.valueOf((char) epoch.id());
    }
}
