package dev.gapless.core.topic;

import dev.gapless.core.Overflow;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.stress.Given;
import dev.gapless.stress.Reader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JIJ_Result;

/** G1, G2: what a subscription is given and told adds up, in order, however often the ring overtakes it, and whatever is cached. */
@JCStressTest
@Outcome(
        id = {"6, 0, 0", "6, 1, 0", "6, 2, 0", "6, 3, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "how far it got, how many gaps it was told, how often it broke its invariant")
@State
public class PlacesOvertakenStress {
    private static final int LAST = 6;
    /** So many messages the log has. */
    private static final int RING = 2;

    private final CopiedTopic topic = new CopiedTopic(Given.settings(RING, Overflow.EXPIRE));
    private final PlacesSubscription state = topic.read();
    private final Reader reader = new Reader(state);

    public PlacesOvertakenStress() {
        reader.read();
    }

    @Actor
    public void consumer() {
        for (int i = 1; i <= LAST; i++) {
            topic.push(i, Math.max(1, i - RING + 1));
        }
    }

    @Actor
    public void subscription() {
        reader.read();
        reader.read();
    }

    @Arbiter
    public void after(JIJ_Result result) {
        while (reader.read()) {
            // to the end
        }
        result.r1 = reader.reached();
        result.r2 = reader.gaps();
        result.r3 = state.violations();
    }
}
