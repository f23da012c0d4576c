package dev.gapless.internal.forming;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.ActorIdentity;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.Identify;
import org.apache.pekko.actor.RootActorPath;
import org.apache.pekko.pattern.Patterns;

/** Asks seed nodes whether they are there. Each question takes a few seconds at most. */
public final class SeedProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final List<String> CLUSTER_DAEMON = List.of("system", "cluster", "core", "daemon");

    private final ActorSystem system;

    /** Asks from this actor system, for others of its name. */
    public SeedProbe(ActorSystem system) {
        this.system = system;
    }

    /** What is known of a seed node. */
    enum Answer {
        /** Nobody listens there: its machine says so, or there is no such name. */
        REFUSES,
        /** It cannot be reached, whatever is there. */
        UNREACHABLE,
        /** Somebody listens, and does not answer: it may be busy, or stand still. Or its name could not be looked up. */
        SILENT,
        /** It is a member of no cluster yet; or runs no Gapless. */
        NO_MEMBER,
        /** It is a member of a cluster. */
        MEMBER
    }

    /** Asks it. */
    Answer ask(HostPort seed) {
        return switch (TcpProbe.ask(seed.host(), seed.port(), TIMEOUT)) {
            case REFUSES -> Answer.REFUSES;
            case UNREACHABLE -> Answer.UNREACHABLE;
            case UNKNOWN -> Answer.SILENT;
            case LISTENS -> answer(seed);
        };
    }

    /** A node answers to its own name, host and port, and drops what is addressed otherwise. */
    private Answer answer(HostPort seed) {
        return seed.addresses(system.name()).stream()
                .map(this::answer)
                .filter(answer -> answer != Answer.SILENT)
                .findFirst()
                .orElse(Answer.SILENT);
    }

    /** Does somebody there answer? */
    public boolean answers(HostPort seed) {
        return answer(seed) != Answer.SILENT;
    }

    private Answer answer(Address address) {
        return switch (has(address, CLUSTER_DAEMON)) {
            case NOT_SAID -> Answer.SILENT;
            case NO -> Answer.NO_MEMBER;
            case YES ->
                switch (has(address, MemberSign.PATH)) {
                    case NOT_SAID -> Answer.SILENT;
                    case NO -> Answer.NO_MEMBER;
                    case YES -> Answer.MEMBER;
                };
        };
    }

    private enum Said {
        YES,
        NO,
        NOT_SAID
    }

    /** Has it that actor? */
    private Said has(Address address, List<String> path) {
        ActorPath actor = new RootActorPath(address, "/");
        for (String name : path) {
            actor = actor.$div(name);
        }
        try {
            Object said = Patterns.ask(system.actorSelection(actor), new Identify(0), TIMEOUT)
                    .toCompletableFuture()
                    .get();
            return said instanceof ActorIdentity identity
                            && identity.getActorRef().isPresent()
                    ? Said.YES
                    : Said.NO;
        } catch (ExecutionException e) {
            return Said.NOT_SAID; // in time
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Said.NOT_SAID;
        }
    }
}
