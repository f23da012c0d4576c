package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.access.MutePlaces;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients of a gateway, and what they share. Bounded by {@code max-clients} and {@code per-ip-limit}. Thread-safe. */
public final class Clients {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);

    private final Common common;
    private final GatewaySettings settings;
    private final AtomicLong ids = new AtomicLong();
    /** WebSockets that have yet to say who they are are mute. */
    private final MutePlaces places;

    private final Map<String, Integer> perAddress = new ConcurrentHashMap<>();
    private final Map<Long, Connected> clients = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> allGone = new CompletableFuture<>();
    private volatile boolean stopping;

    /**
     * A place among the clients, until it is given back.
     */
    public final class Admission {
        private final String address;
        /** For whom it counts. Guarded by this. */
        private Caller caller;

        private final AtomicBoolean over = new AtomicBoolean();
        private final MutePlaces.Place place;
        private volatile @Nullable Runnable known;
        private volatile @Nullable Connected client;
        /** It counts for its address and its subject. Guarded by this. */
        private boolean isAdmitted;
        /** It made room before it counted. Guarded by this. */
        private boolean isCrowdedOut;

        private Admission(Caller caller) {
            this.caller = caller;
            this.address = caller.address();
            this.place = places.enter(address, this::makeRoom);
            if (!common.access().isUnknown(caller.principal())) {
                place.speaks();
            }
        }

        /** Runs this once it has said who it is. */
        public void whenKnown(Runnable then) {
            known = then;
        }

        /** Its client has not said who it is, and others come, maybe while it is being admitted itself. */
        private void makeRoom() {
            synchronized (this) {
                if (!isAdmitted) {
                    isCrowdedOut = true;
                    return;
                }
            }
            release();
            Connected its = client;
            if (its != null) {
                its.close(Closing.CROWDED_OUT);
            }
        }

        /** It counts from now on, until it is released. */
        private void admitted() {
            boolean isOver;
            synchronized (this) {
                isAdmitted = true;
                isOver = isCrowdedOut;
            }
            if (isOver) {
                release();
            }
        }

        private void opened(Connected its) {
            client = its;
            if (over.get()) {
                its.close(Closing.CROWDED_OUT);
            }
        }

        /** It counts for another subject from now on. Throws {@link RequestException} if there are too many of that. */
        synchronized void become(Caller next) {
            if (over.get()) {
                return;
            }
            Caller before = caller;
            if (!before.quota().equals(next.quota())) {
                common.access().quotas().enter(next);
                common.access().quotas().leave(before);
            }
            caller = next;
            if (!common.access().isUnknown(next.principal())) {
                place.speaks();
                Runnable then = known;
                if (then != null) {
                    then.run();
                }
            }
        }

        private synchronized Caller caller() {
            return caller;
        }

        /** The place is free again. Repeating it is harmless. */
        public void release() {
            if (over.compareAndSet(false, true)) {
                synchronized (this) {
                    common.access().quotas().leave(caller);
                }
                give(address, place);
            }
        }
    }

    public Clients(Common common) {
        this.common = common;
        this.settings = common.settings();
        this.places = new MutePlaces(settings.maxClients, common.tally().muteEnded("websocket"));
    }

    /** A place for a client. Throws {@link RequestException} that names the limit. */
    public Admission admit(Caller caller) {
        String address = caller.address();
        if (stopping) {
            throw new RequestException(Kind.CLOSING, "The gateway stops; connect to another one, or later");
        }
        Admission admission = new Admission(caller); // for which a mute one may make room
        if (!admission.place.isWithin()) {
            admission.place.leave();
            throw new RequestException(
                    Kind.TOO_MANY_CLIENTS,
                    "There are " + settings.maxClients + " clients, as many as gapless.gateway.max-clients allows");
        }
        int ofAddress = perAddress.merge(address, 1, Integer::sum);
        try {
            common.access().quotas().enter(caller);
        } catch (RequestException e) {
            give(address, admission.place);
            throw e;
        }
        admission.admitted();
        if (settings.perIpLimit > 0 && ofAddress > settings.perIpLimit) {
            admission.release();
            throw new RequestException(
                    Kind.TOO_MANY_CLIENTS_OF_ADDRESS,
                    "There are " + settings.perIpLimit + " clients of " + address
                            + ", as many as gapless.gateway.per-ip-limit allows");
        }
        return admission;
    }

    private void give(String address, MutePlaces.Place place) {
        place.leave();
        perAddress.computeIfPresent(address, (ip, number) -> number == 1 ? null : number - 1);
        completeIfAllGone();
    }

    /** A client, which is told of its connection from now on. */
    public Client open(Admission admission, Transport transport, Framing framing) {
        return add(
                admission,
                (id, release) ->
                        new Client(id, common, transport, framing, admission.caller(), admission::become, release));
    }

    /**
     * A client of its own kind.
     *
     * @param make makes it, of its number and of what it tells once, when its connection has ended: why, or null if it went by itself
     */
    public <C extends Connected> C add(Admission admission, BiFunction<Long, Consumer<@Nullable Closing>, C> make) {
        Long id = ids.incrementAndGet();
        C client = make.apply(id, why -> {
            Connected ended = clients.remove(id);
            admission.release();
            common.tally().closed(why);
            if (ended != null) {
                common.access().audit().ended(ended.caller(), ended.protocol(), why == null ? null : why.status());
            }
        });
        clients.put(id, client);
        admission.opened(client);
        common.tally().connected(client.protocol());
        common.access().audit().connected(client.caller(), client.protocol());
        if (stopping) {
            client.close(Closing.RESTART);
        }
        return client;
    }

    /** Looks at all clients, which it does from time to time: who takes nothing, who is to be pinged, and whose credential is valid no more. */
    public void checkLiveness() {
        common.unsent().wake();
        long nowNs = System.nanoTime();
        for (Connected client : clients.values()) {
            try {
                if (!common.access().isValid(client.caller().principal())) {
                    client.close(Closing.EXPIRED);
                }
                client.checkLiveness(nowNs);
            } catch (RuntimeException e) { // the others are looked at all the same
                LOG.error("A client ({}): the look at it failed. This is a defect of Gapless", client.protocol(), e);
            }
        }
    }

    /** Tells all clients that the gateway stops. {@return when they are gone} */
    public CompletableFuture<Void> stop() {
        stopping = true;
        clients.values().forEach(client -> client.close(Closing.RESTART));
        completeIfAllGone();
        return allGone.copy();
    }

    private void completeIfAllGone() {
        if (stopping && size() == 0) {
            allGone.complete(null);
        }
    }

    /** Has the gateway begun to stop? */
    public boolean isStopping() {
        return stopping;
    }

    // ------------------------------------------------------------------ for people

    public Collection<Connected> all() {
        return clients.values();
    }

    public int size() {
        return places.taken();
    }

    /** How many are connected by this protocol. */
    public long ofProtocol(String protocol) {
        return clients.values().stream()
                .filter(client -> client.protocol().equals(protocol))
                .count();
    }
}
