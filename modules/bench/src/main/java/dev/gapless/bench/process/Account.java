package dev.gapless.bench.process;

import dev.gapless.AsyncMessageHandler;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.ProducerLeft;
import dev.gapless.Reload;
import dev.gapless.bench.peer.Pace;
import dev.gapless.bench.peer.Patience;
import dev.gapless.core.Epoch;
import dev.gapless.core.Gap;
import dev.gapless.core.Reason;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What one subscription is given of several nodes, each incarnation from its first message on: each message once and in order, or a gap that
 * states those that are missing. Of an incarnation whose end nobody knows, a gap may say no more than that something is missing.
 */
final class Account implements AsyncMessageHandler<byte[]> {
    private final Pace pace;
    private final Map<Epoch, Long> reached = new HashMap<>();
    private final Set<Epoch> open = new HashSet<>();
    private final Map<Reason, Long> losses = new EnumMap<>(Reason.class);
    private long delivered;
    private long announced;
    private long left;
    private String problem = "";

    /** @param perSecond how many messages it takes */
    Account(double perSecond) {
        pace = new Pace(perSecond);
    }

    void hurry() {
        pace.lift();
    }

    @Override
    public synchronized CompletionStage<?> onMessage(Delivery<byte[]> delivery) {
        Epoch epoch = delivery.position().epoch();
        long sequence = delivery.position().sequence();
        goOn(epoch, sequence, 1);
        delivered++;
        return pace.next();
    }

    private void goOn(Epoch epoch, long first, long count) {
        long next = reached.getOrDefault(epoch, 0L) + 1;
        if (first != next && problem.isEmpty()) {
            problem = "message " + first + " of incarnation " + epoch + " came, or was announced, instead of " + next;
        }
        reached.put(epoch, first + count - 1);
    }

    @Override
    public synchronized CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
        for (Gap gap : expired.gaps()) {
            losses.merge(gap.reason(), 1L, Long::sum);
            Epoch epoch = gap.epoch();
            Long first = gap.firstMissing();
            Long missed = gap.missed();
            if (epoch != null && first != null && missed != null) {
                goOn(epoch, first, missed);
                announced += missed;
            } else if (epoch != null) {
                open.add(epoch);
            } else {
                problem = problem.isEmpty() ? "a gap names no incarnation: " + gap : problem;
            }
        }
        return CompletableFuture.completedFuture(Reload.done());
    }

    @Override
    public synchronized void onProducerLeft(ProducerLeft<byte[]> producer) {
        left++;
    }

    /** Waits until it has all of this, or was told, or for as long as something comes; what is wrong, in words, or empty. */
    String await(Map<Epoch, Long> published) throws InterruptedException {
        long sinceNs = System.nanoTime();
        long before = -1;
        while (!missing(published).isEmpty() && System.nanoTime() - sinceNs < Patience.PROGRESS.toNanos()) {
            Thread.sleep(5);
            long now = progress();
            if (now != before) {
                before = now;
                sinceNs = System.nanoTime();
            }
        }
        Reception.awaitTwice();
        synchronized (this) {
            return problem.isEmpty() ? missing(published) : problem;
        }
    }

    private synchronized long progress() {
        return delivered + announced;
    }

    private synchronized String missing(Map<Epoch, Long> published) {
        for (Map.Entry<Epoch, Long> one : published.entrySet()) {
            long has = reached.getOrDefault(one.getKey(), 0L);
            if (has != one.getValue() && !open.contains(one.getKey())) {
                return "of " + one.getValue() + " messages of incarnation " + one.getKey() + " it has " + has
                        + ", and was told of no others";
            }
        }
        return "";
    }

    /** DELIVERED ANNOUNCED LEFT OVERRUN PRODUCER_RESTARTED PRODUCER_LOST POSITION_UNKNOWN: the last four are gaps. */
    synchronized String line() {
        return delivered + " " + announced + " " + left + " " + told(Reason.OVERRUN) + " "
                + told(Reason.PRODUCER_RESTARTED) + " " + told(Reason.PRODUCER_LOST) + " "
                + told(Reason.POSITION_UNKNOWN);
    }

    private long told(Reason reason) {
        return losses.getOrDefault(reason, 0L);
    }
}
