package dev.gapless.node;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.RootActorPath;

/** Asks seed nodes whether they are there. Each question takes a few seconds at most. */
final class SeedProbe {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ActorSystem system;

    /** Asks from this actor system, for others of its name. */
    SeedProbe(ActorSystem system) {
        this.system = system;
    }

    /** What is known of a seed node. */
    enum Answer {
        /** Nobody listens there: its machine says so. */
        REFUSES,
        /** It cannot be reached, whatever is there. */
        UNREACHABLE,
        /** Somebody listens, and does not answer: it may be busy, or stand still. */
        SILENT,
        /** The part of it answers that lets nodes in. */
        ANSWERS
    }

    /** Asks it. */
    Answer ask(HostPort seed) {
        try {
            connect(seed);
        } catch (ConnectException e) {
            return Answer.REFUSES;
        } catch (IOException e) {
            return Answer.UNREACHABLE;
        }
        return answers(seed) ? Answer.ANSWERS : Answer.SILENT;
    }

    /** Throws IOException if nobody listens there. */
    void connect(HostPort seed) throws IOException {
        try (Socket socket = new Socket()) {
            InetAddress host = InetAddress.getByName(seed.host());
            socket.connect(new InetSocketAddress(host, seed.port()), (int) TIMEOUT.toMillis());
        }
    }

    /** A node answers to its own name, host and port, and drops what is addressed otherwise. */
    boolean answers(HostPort seed) {
        return seed.addresses(system.name()).stream().anyMatch(this::answers);
    }

    private boolean answers(Address address) {
        try {
            var unused = system.actorSelection(new RootActorPath(address, "/")
                            .$div("system")
                            .$div("cluster")
                            .$div("core")
                            .$div("daemon"))
                    .resolveOne(TIMEOUT)
                    .toCompletableFuture()
                    .get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
