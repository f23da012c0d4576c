package dev.gapless.multijvm.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of five members three are to be left that reach one another, of seven four. */
class MajorityTest {
    private final Majority majority = new Majority(5);

    @Test
    void sparesTwoOfFive() {
        assertTrue(majority.canSpare(Fault.PAUSE, there(5, 5)));
        assertTrue(majority.canSpare(Fault.PAUSE, there(4, 5)));
        assertFalse(majority.canSpare(Fault.PAUSE, there(3, 5)));
    }

    @Test
    void guestsCountAsMembersAlsoWhenTheyHaveEnded() {
        assertTrue(majority.canSpare(Fault.LEAVE, there(5, 7)));
        assertFalse(majority.canSpare(Fault.LEAVE, there(4, 7)));
    }

    @Test
    void aLinkWithoutMessagesCostsOneEndAsLongAsItLasts() {
        majority.begins(Fault.REFUSE, List.of());
        assertTrue(majority.canSpare(Fault.CUT_ONE_WAY, there(5, 5)));
        assertFalse(majority.canSpare(Fault.CUT_ONE_WAY, there(4, 5)));
        assertFalse(majority.canSpare(Fault.CUT_ALL_TRAFFIC, there(5, 5)));
        majority.ends(Fault.REFUSE, List.of());
        assertTrue(majority.canSpare(Fault.CUT_ONE_WAY, there(4, 5)));
    }

    @Test
    void aLinkWithoutHeartbeatsCostsBothEnds() {
        assertTrue(majority.canSpare(Fault.CUT_ALL_TRAFFIC, there(5, 5)));
        assertFalse(majority.canSpare(Fault.CUT_ALL_TRAFFIC, there(4, 5)));
    }

    @Test
    void whatTakesNobodyAwayMayAlwaysBegin() {
        assertTrue(majority.canSpare(Fault.FREEZE_SUBSCRIPTION, there(0, 5)));
        assertTrue(majority.canSpare(Fault.RESET, there(0, 5)));
    }

    @Test
    void fewerMembersThanTheFiveAreNoReasonToSpareMore() {
        assertEquals(5, majority.present(List.of()).members());
    }

    private static Majority.Present there(int nodes, int members) {
        return new Majority.Present(Collections.nCopies(nodes, null), members);
    }
}
