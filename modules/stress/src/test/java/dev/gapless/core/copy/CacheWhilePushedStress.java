package dev.gapless.core.copy;

import dev.gapless.core.Epoch;
import dev.gapless.core.log.Content;
import dev.gapless.core.log.Segment;
import dev.gapless.core.log.Slice;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** L5: who looks for a message while others come, go, leave a hole and are fetched finds that one, or none. */
@JCStressTest
@Outcome(
        id = {"0, 0", "0, 6", "2, 0", "2, 6"},
        expect = Expect.ACCEPTABLE,
        desc = "the message that was looked for, or none")
@State
public class CacheWhilePushedStress {
    private static final Epoch EPOCH = new Epoch(1);
    private static final TopicCache.Needs NOTHING = (epoch, sequence) -> false;

    private final TopicCache cache = new TopicCache(2, 1 << 20);

    public CacheWhilePushedStress() {
        push(1);
        push(2);
    }

    @Actor
    public void writer() {
        push(3);
        push(4);
        push(6); // behind a hole
        cache.fetched(EPOCH, 2, messages(2), 0);
    }

    @Actor
    public void reader(II_Result result) {
        result.r1 = found(2);
        result.r2 = found(6);
    }

    private int found(long sequence) {
        Piece piece = cache.find(EPOCH, sequence);
        return piece == null ? 0 : piece.from(sequence).content(0)[0];
    }

    private void push(int value) {
        cache.push(EPOCH, value, messages(value), NOTHING, 0);
    }

    private static List<Slice> messages(int value) {
        Content content = Content.of(1, "", new byte[] {(byte) value});
        Segment segment = Segment.of(value, 0, content, 1 << 20);
        segment.append(content, 0);
        return List.of(segment.slice(value, 1));
    }
}
