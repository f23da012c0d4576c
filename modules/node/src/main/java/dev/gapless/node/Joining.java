package dev.gapless.node;

import dev.gapless.internal.forming.HostPort;
import dev.gapless.internal.forming.SeedProbe;
import dev.gapless.internal.forming.TcpProbe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/** Joins through seed nodes, and says what keeps this member out: in between, and in the error at the end. */
final class Joining {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int MOST_NAMED = 5;

    private final Member member;
    private final Cluster cluster;
    private final SeedProbe probe;
    private final List<HostPort> seeds;
    private final String names;
    private final Consumer<String> tell;
    private String told = "";

    /** @param tell is told in one line what this waits for */
    Joining(Member member, List<HostPort> seeds, Consumer<String> tell) {
        this.member = member;
        this.cluster = Cluster.get(member.system());
        this.probe = new SeedProbe(member.system());
        this.seeds = List.copyOf(seeds);
        this.names = seeds.stream().map(HostPort::toString).collect(Collectors.joining(", "));
        this.tell = tell;
    }

    /** Returns once this node is up. Throws Failure with the reason if it is not within this time. */
    void run(Duration timeout, Termination termination) {
        long beginNs = System.nanoTime();
        cluster.joinSeedNodes(addresses());
        CompletableFuture<?> ended = member.ended().handle((done, error) -> done);
        CompletableFuture<?> first = CompletableFuture.anyOf(member.up(), ended, termination.requested());
        while (!isDone(first, timeout.minusNanos(System.nanoTime() - beginNs))) {
            Duration waited = Duration.ofNanos(System.nanoTime() - beginNs);
            if (waited.compareTo(timeout) >= 0) {
                throw new Failure("could not join " + names + " within " + timeout.toSeconds() + " s: " + obstacle());
            }
            if (member.isLetIn() ? !unreachable().isEmpty() : told.isEmpty() && waited.compareTo(PATIENCE) >= 0) {
                tell("still joining, for up to " + timeout.toSeconds() + " s: " + obstacle());
            }
        }
        if (!member.up().isDone()) {
            throw new Failure(
                    termination.isRequested()
                            ? "interrupted while joining " + names
                            : "was not let in by " + names + ": " + member.whyEnded());
        }
    }

    private List<Address> addresses() {
        List<String> unknown = new ArrayList<>();
        List<Address> addresses = new ArrayList<>();
        for (HostPort seed : seeds) {
            if (isUnknown(seed)) {
                unknown.add(seed.host());
            }
            addresses.addAll(seed.addresses(member.system().name()));
        }
        if (unknown.size() == seeds.size()) {
            throw new Failure("could not join " + names + ": unknown host " + String.join(", ", unknown));
        }
        return addresses;
    }

    private static boolean isUnknown(HostPort seed) {
        try {
            return InetAddress.getAllByName(seed.host()).length == 0;
        } catch (UnknownHostException e) {
            return true;
        }
    }

    private static boolean isDone(CompletableFuture<?> first, Duration left) {
        try {
            long waitMs = Math.max(1, Math.min(LOOK_INTERVAL.toMillis(), left.toMillis()));
            var unused = first.get(waitMs, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted while joining", e);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private void tell(String what) {
        if (!what.equals(told)) {
            told = what;
            tell.accept(what);
        }
    }

    private List<String> unreachable() {
        return cluster.state().getUnreachable().stream()
                .filter(other -> other.status() != MemberStatus.down() && other.status() != MemberStatus.exiting())
                .map(other -> Member.hostPort(other.address()))
                .sorted()
                .toList();
    }

    private String obstacle() {
        if (!member.isLetIn()) {
            return seeds.stream().map(this::obstacle).collect(Collectors.joining("; "));
        }
        List<String> unreachable = unreachable();
        if (unreachable.isEmpty()) {
            return "the members have not agreed on it yet";
        }
        int more = unreachable.size() - MOST_NAMED;
        return unreachable.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "")
                + (unreachable.size() == 1 ? " is" : " are")
                + " unreachable, and the cluster lets nobody in until the other members reach it again or remove it";
    }

    private String obstacle(HostPort seed) {
        try {
            TcpProbe.connect(seed.host(), seed.port());
        } catch (UnknownHostException e) {
            return "unknown host " + seed.host();
        } catch (IOException e) {
            return seed + " cannot be reached (" + Failure.reason(e) + ")";
        }
        return probe.answers(seed)
                ? seed + " answers, but is not a member of a cluster itself"
                : seed + " listens, but does not answer to "
                        + seed.addresses(member.system().name()).get(0)
                        + ". Is its actor system called otherwise (--system), does it write its host otherwise, or"
                        + " speak TLS (--config)? If it logs 'unknown local address', it says there how it is called";
    }
}
