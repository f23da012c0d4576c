package dev.gapless.gateway.internal.access;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How much an address may do: so much at once, and as much again in each window, little by little. Addresses beyond a bound share what one
 * has, so that an address for each request helps nobody. Thread-safe.
 */
public final class Allowance {
    private static final int MOST_ADDRESSES = 10_000;
    private static final long LOOK_NS = 1_000_000_000;
    private static final String ALL_OTHERS = "";

    private final int limit;
    private final double perNs;

    // Guarded by this.
    private final Map<String, Left> left = new HashMap<>();
    private long lookedNs;

    private static final class Left {
        private double amount;
        private long atNs;

        private Left(double amount, long atNs) {
            this.amount = amount;
            this.atNs = atNs;
        }
    }

    /** @param limit 0 if all may do as much as they like */
    public Allowance(int limit, Duration window) {
        this.limit = limit;
        this.perNs = (double) limit / window.toNanos();
    }

    /**
     * {@return whether it may do so much more} Then it has. More than it may do at once is allowed to one that has done nothing for a while,
     * and takes from what it may do afterwards.
     */
    public boolean take(String address, long amount, long nowNs) {
        return limit == 0 || takeSome(address, amount, nowNs);
    }

    private synchronized boolean takeSome(String address, long amount, long nowNs) {
        Left of = left.computeIfAbsent(
                isOneTooMany(address, nowNs) ? ALL_OTHERS : address, one -> new Left(limit, nowNs));
        of.amount = amount(of, nowNs);
        of.atNs = nowNs;
        if (of.amount < Math.min(amount, limit)) {
            return false;
        }
        of.amount -= amount;
        return true;
    }

    private double amount(Left of, long nowNs) {
        return Math.min(limit, of.amount + (nowNs - of.atNs) * perNs);
    }

    private boolean isOneTooMany(String address, long nowNs) {
        if (left.size() < MOST_ADDRESSES || left.containsKey(address)) {
            return false;
        }
        if (nowNs - lookedNs > LOOK_NS) {
            lookedNs = nowNs;
            left.values().removeIf(of -> amount(of, nowNs) >= limit); // as if it had never come
        }
        return left.size() >= MOST_ADDRESSES;
    }
}
