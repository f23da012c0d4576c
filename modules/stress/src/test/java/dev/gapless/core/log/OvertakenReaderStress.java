package dev.gapless.core.log;

import dev.gapless.core.Overflow;
import dev.gapless.stress.Given;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** P4: a reader of a log of two messages gets those that it asks for, in order, or is told that they are overwritten. */
@JCStressTest
@Outcome(
        id = {"a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh", "abcdefghi", "abcdefghij"},
        expect = Expect.ACCEPTABLE,
        desc = "from the first message on, as far as they were there")
@Outcome(id = "overrun", expect = Expect.ACCEPTABLE, desc = "the first is overwritten")
@State
public class OvertakenReaderStress {
    private final Log log = Given.log(2, Overflow.EXPIRE);

    public OvertakenReaderStress() {
        publish('a', 'b');
    }

    @Actor
    public void publisher() {
        publish('c', 'j');
    }

    @Actor
    public void reader(L_Result result) {
        Reading reading = log.read(1, 16, 1 << 20);
        boolean lost = reading instanceof Reading.Overrun && log.oldest() <= 1;
        result.r1 = lost ? "lost" : Given.announced(reading);
    }

    private void publish(char from, char to) {
        for (char c = from; c <= to; c++) {
            Given.publish(log, c);
        }
    }
}
