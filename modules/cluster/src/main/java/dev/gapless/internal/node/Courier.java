package dev.gapless.internal.node;

import static dev.gapless.internal.forming.TcpProbe.Answer.LISTENS;

import dev.gapless.core.wire.NodeMessage;
import dev.gapless.internal.forming.TcpProbe;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/**
 * Brings messages to whoever runs Gapless at an address, member or not, if somebody listens there: else Artery would try to connect for
 * ever, and log that. To one address they stay in order. What is too much is lost. Thread-safe.
 */
final class Courier {
    /** So many messages wait for the probe of their address. */
    static final int MOST_WAITING = 128;
    /** So many addresses are probed at once. */
    static final int MOST_ADDRESSES = 32;

    /** Something was passed on to an address where somebody listens and keeps connections, who may not answer. */
    record Delivered(String address) implements NoSerializationVerificationNeeded {}

    private final Predicate<String> listens;
    private final Predicate<String> keeps;
    private final BiConsumer<String, NodeMessage> transport;
    private final Consumer<String> delivered;
    private final Executor mayBlock;
    /** By the address that is being probed. */
    private final Map<String, Queue<NodeMessage>> waiting = new HashMap<>();
    /** Those that were passed something, and of which it is being found out whether they keep connections. */
    private final Set<String> watched = new HashSet<>();

    /**
     * A courier.
     *
     * @param listens whether somebody listens at an address
     * @param keeps whether whoever listens there keeps a connection, as a node does; takes longer, and nothing waits for it
     * @param transport takes what is sent there, if somebody listens
     * @param delivered is told of each address to which something was passed on, and where connections are kept; on any thread
     */
    Courier(
            Predicate<String> listens,
            Predicate<String> keeps,
            BiConsumer<String, NodeMessage> transport,
            Consumer<String> delivered,
            Executor mayBlock) {
        this.listens = listens;
        this.keeps = keeps;
        this.transport = transport;
        this.delivered = delivered;
        this.mayBlock = mayBlock;
    }

    /** To the actors of other systems that have this one's path. If it is known that somebody listens there, this actor is told so. */
    static Courier to(ActorContext<Object> actor) {
        ActorSystem system = Adapter.toClassic(actor.getSystem());
        boolean overTcp = TcpProbe.isOverTcp(system.settings().config());
        String path = actor.getSelf().path().toStringWithoutAddress();
        String before = actor.getSystem().address().protocol() + "://" + system.name() + "@";
        org.apache.pekko.actor.typed.ActorRef<Object> self = actor.getSelf();
        // Not by an ActorRef: without the actor's uid Artery may lose what is sent to it, see
        // ClusterMembers.introduced.
        return new Courier(
                address -> !overTcp || probe(address, (host, port) -> TcpProbe.ask(host, port) == LISTENS),
                address -> !overTcp || probe(address, TcpProbe::isHeld),
                (address, message) ->
                        system.actorSelection(before + address + path).tell(message, ActorRef.noSender()),
                overTcp ? address -> self.tell(new Delivered(address)) : address -> {},
                system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher"));
    }

    private static boolean probe(String address, BiPredicate<String, Integer> asks) {
        int colon = address.lastIndexOf(':');
        return colon > 0 && asks.test(address.substring(0, colon), Integer.valueOf(address.substring(colon + 1)));
    }

    /** Sends it to that host and port, later. */
    synchronized void send(String address, NodeMessage message) {
        Queue<NodeMessage> queue = waiting.get(address);
        if (queue == null && waiting.size() < MOST_ADDRESSES) {
            Queue<NodeMessage> first = new ArrayDeque<>();
            first.add(message);
            waiting.put(address, first);
            mayBlock.execute(() -> deliver(address));
        } else if (queue != null && queue.size() < MOST_WAITING) {
            queue.add(message);
        }
    }

    private void deliver(String address) {
        boolean isThere = false;
        try {
            isThere = listens.test(address);
        } finally {
            passOn(address, isThere);
        }
    }

    private synchronized void passOn(String address, boolean isThere) {
        Queue<NodeMessage> queue = waiting.remove(address);
        if (isThere && queue != null) {
            queue.forEach(message -> transport.accept(address, message));
            if (watched.size() < MOST_ADDRESSES && watched.add(address)) {
                mayBlock.execute(() -> watch(address));
            }
        }
    }

    private void watch(String address) {
        boolean isKept = false;
        try {
            isKept = keeps.test(address);
        } finally {
            endWatch(address);
        }
        if (isKept) {
            delivered.accept(address);
        }
    }

    private synchronized void endWatch(String address) {
        watched.remove(address);
    }
}
