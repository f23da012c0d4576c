package dev.gapless.node;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * Which gateway is asked, and when again after it failed: with a growing pause of which a part is random, for so long. For one
 * thread.
 */
final class GatewayLinks {
    private static final long SHORTEST_MS = 200;
    private static final long LONGEST_MS = 5_000;
    /** A gateway that asks for a longer pause does not get it. */
    private static final long LONGEST_ASKED_MS = 60_000;

    private final List<GatewayUrl> urls;
    private final GatewayHttp http;
    private final Duration limit;
    private final Termination termination;
    private final Consumer<String> tell;
    private int current;
    private int failures;
    private long sinceNs;

    /**
     * To these.
     *
     * @param http by which they are asked
     * @param limit of the time from the first failure to the last attempt
     */
    GatewayLinks(
            List<GatewayUrl> urls, GatewayHttp http, Duration limit, Termination termination, Consumer<String> tell) {
        this.urls = List.copyOf(urls);
        this.http = http;
        this.limit = limit;
        this.termination = termination;
        this.tell = tell;
    }

    /** By which they are asked. */
    GatewayHttp http() {
        return http;
    }

    /** All of them. */
    List<GatewayUrl> urls() {
        return urls;
    }

    /** The one to ask now. */
    GatewayUrl url() {
        return urls.get(current);
    }

    /** It went on: the next failure is the first. */
    void worked() {
        failures = 0;
    }

    /** So long ago was the first failure since it last worked. */
    Duration failingFor() {
        return failures == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - sinceNs);
    }

    /** What is to be asked next is the next gateway. */
    void next() {
        current = (current + 1) % urls.size();
    }

    /**
     * Waits before the next attempt.
     *
     * @param why the last one failed, for people
     * @param atLeastMs what the gateway asked for
     * @return false if the end was asked for
     * @throws Failure if the time is over
     */
    boolean pause(String why, long atLeastMs) {
        if (failures == 0) {
            sinceNs = System.nanoTime();
            tell.accept(why + "; trying again");
        } else if (failingFor().compareTo(limit) >= 0) {
            throw new Failure(why + "; gave up after " + limit.toSeconds() + " s (--retry-for)");
        }
        long backoffMs = Math.min(SHORTEST_MS << Math.min(failures, 10), LONGEST_MS);
        failures++;
        long withJitterMs = ThreadLocalRandom.current().nextLong(backoffMs / 2, backoffMs + 1);
        long pauseMs = Math.max(withJitterMs, Math.min(atLeastMs, LONGEST_ASKED_MS));
        return termination.sleep(Duration.ofMillis(pauseMs));
    }
}
