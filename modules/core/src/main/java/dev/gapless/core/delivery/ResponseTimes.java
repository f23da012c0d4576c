package dev.gapless.core.delivery;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What the registrations of all topics of a shard share: numbers for their sessions, jitter, and how long members take to answer.
 * With thousands of topics an answer may take longer than the shortest backoff; to ask again before it can be there would only make it
 * take longer. TCP waits in the same way (RFC 6298), and like TCP this measures first attempts alone (Karn's rule).
 *
 * <p>Not thread-safe.
 */
public final class ResponseTimes {
    /** For so many times as long as a member takes is waited for it. */
    private static final int PATIENCE = 2;
    /** A quicker answer changes what is expected by one of so many parts; a slower one at once. */
    private static final int PARTS = 8;

    private record Expected(long ns, long atNs) {}

    private final LongSupplier sessions;
    private final RandomGenerator jitter;
    private final Map<Long, Expected> expected = new HashMap<>();

    /** @param sessions gives a higher number at each call, for all topics of this process */
    public ResponseTimes(LongSupplier sessions, RandomGenerator jitter) {
        this.sessions = sessions;
        this.jitter = jitter;
    }

    /** Higher at each call. */
    public long nextNumber() {
        return sessions.getAsLong();
    }

    /** From 0 to 1, at random. */
    public double nextShare() {
        return jitter.nextDouble();
    }

    /** A member answered a first attempt after so long. */
    public void answered(long uid, long tookNs, long nowNs) {
        Expected before = expected.get(uid);
        long quickerNs = before == null ? 0 : Math.max(0, before.ns() - tookNs);
        expected.put(uid, new Expected(tookNs + quickerNs - quickerNs / PARTS, nowNs));
    }

    /** For how long an answer of this member is waited for at least; no longer than {@code mostNs}, which is also how old a measurement may be. */
    public long patienceNs(long uid, long mostNs, long nowNs) {
        Expected answer = expected.get(uid);
        return answer == null || nowNs - answer.atNs() > mostNs ? 0 : Math.min(mostNs, PATIENCE * answer.ns());
    }

    /** These are the members. */
    public void retain(Set<Long> uids) {
        expected.keySet().retainAll(uids);
    }
}
