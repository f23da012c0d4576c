package dev.gapless.gateway.internal.publish;

import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.internal.subscribe.MessageHost;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rings of topics that clients began. A ring belongs to who began its topic, whoever publishes there.
 *
 * <pre>
 *   publish ──► has its ring room? ──yes──► publish
 *                  │ no
 *                  ▼
 *               has its owner room in the budget? ──yes──► its ring may hold more
 *                  │ no
 *                  ▼
 *               has its owner a larger ring? ──yes──► that overwrites its oldest messages, and this one may hold more
 *                  │ no
 *                  ▼
 *               the ring overwrites its own oldest messages; if the message is larger than the ring may be, it is refused
 * </pre>
 *
 * <p>No ring gives way to another owner's. Thread-safe.
 */
public final class ClientRings {
    private static final Logger LOG = LoggerFactory.getLogger(ClientRings.class);
    /** What a topic takes beside its ring, about. */
    static final int TOPIC_BYTES = 4 << 10;
    /** A ring that may hold more may hold this much more, and up to a part more: then it is not asked for with each message. */
    private static final int SPARE_BYTES = 4 << 10;

    private static final int MOST_SPARE_BYTES = 256 << 10;
    private static final int SPARE_PART = 8;

    private final MessageHost host;
    private final Budget budget;
    private final long logEveryNs;
    private final Map<String, ClientRing> rings = new ConcurrentHashMap<>();
    /** Guarded by this, as all changes are of what rings may hold. */
    private final Map<String, Set<ClientRing>> ofOwner = new HashMap<>();

    private long loggedNs;

    /**
     * None yet.
     *
     * @param most how many bytes they may take together
     * @param logEvery how often it is told that a ring gives way
     */
    public ClientRings(MessageHost host, long most, Duration logEvery) {
        this.host = host;
        this.budget = new Budget(most, 0, Map.of());
        this.logEveryNs = logEvery.toNanos();
        this.loggedNs = System.nanoTime() - logEveryNs;
    }

    /**
     * A client is about to publish a message of about this size; {@link #over} follows. Throws {@link RequestException} if there is no room.
     *
     * @return null if the topic is not one that clients began
     */
    @Nullable ClientRing begin(String topic, long size, Caller caller) {
        ClientRing ring = rings.get(topic);
        if (ring == null) {
            if (host.knows(topic)) {
                return null;
            }
            ring = rings.computeIfAbsent(topic, name -> make(name, caller.quota()));
        }
        long wanted = ring.underWay.addAndGet(size) + host.ringBytes(topic);
        if (Math.min(wanted, ring.bufferBytes) > ring.most() && !makeRoom(ring, size)) {
            over(ring, size);
            throw new RequestException(
                    Kind.OVER_BUDGET,
                    "Topic " + topic + ": the rings of topics that clients of " + ring.owner
                            + " began hold as much as gapless.gateway.rings leaves them, and this message does not fit in."
                            + " Publish to fewer topics, or have gapless.topics name this one on node " + host.name());
        }
        return ring;
    }

    private ClientRing make(String topic, String owner) {
        long bufferBytes = host.topicSettings(topic).bufferBytes();
        return new ClientRing(topic, owner, bufferBytes, budget.exactAccount(Share.RINGS, owner));
    }

    /** The message is published, or is not. */
    void over(@Nullable ClientRing ring, long size) {
        if (ring != null && ring.underWay.addAndGet(-size) == 0 && !host.knows(ring.topic)) {
            forget(ring); // nothing was ever published there
        }
    }

    private synchronized void forget(ClientRing ring) {
        if (rings.remove(ring.topic, ring)) {
            ofOwner.computeIfPresent(ring.owner, (owner, its) -> its.remove(ring) && its.isEmpty() ? null : its);
        }
        ring.clear();
    }

    // ------------------------------------------------------------------ room

    private synchronized boolean makeRoom(ClientRing ring, long size) {
        if (rings.get(ring.topic) != ring) {
            return true; // it was forgotten meanwhile: who publishes next counts it anew
        }
        Set<ClientRing> own = ofOwner.computeIfAbsent(ring.owner, owner -> new LinkedHashSet<>());
        own.add(ring);
        long wanted = Math.min(host.ringBytes(ring.topic) + ring.underWay.get(), ring.bufferBytes);
        long spare = Math.min(MOST_SPARE_BYTES, Math.max(SPARE_BYTES, wanted / SPARE_PART));
        if (grow(ring, Math.min(wanted + spare, ring.bufferBytes)) || grow(ring, wanted)) {
            return true;
        }
        if (size + (long) TOPIC_BYTES * own.size() > budget.mostFor(ring.owner)) {
            return false; // whatever gave way
        }
        long needed = wanted - ring.most();
        for (ClientRing other : largestFirst(own)) {
            boolean isLarger = other.most() > ring.most();
            if (other == ring || !(isLarger || ring.most() < size)) {
                break; // all others are smaller
            }
            giveWay(other, Math.max(needed, other.most() / SPARE_PART));
            if (grow(ring, wanted)) {
                return true;
            }
        }
        if (ring.most() < size) {
            return false;
        }
        limit(ring, ring.most());
        return true;
    }

    private static List<ClientRing> largestFirst(Set<ClientRing> rings) {
        return rings.stream()
                .sorted(Comparator.comparingLong(ClientRing::most).reversed())
                .toList();
    }

    private boolean grow(ClientRing ring, long bytes) {
        if (bytes > ring.most() && !ring.set(bytes)) {
            return false;
        }
        if (ring.limited) {
            ring.limited = false;
            host.limitRing(ring.topic, Long.MAX_VALUE);
        }
        return true;
    }

    private void giveWay(ClientRing ring, long bytes) {
        ring.limited = false;
        limit(ring, Math.max(0, ring.most() - bytes));
    }

    /** It holds no more than that, but with backpressure what a consumer is waited for. */
    private void limit(ClientRing ring, long bytes) {
        if (ring.limited) {
            return;
        }
        long before = host.ringBytes(ring.topic);
        if (!host.limitRing(ring.topic, bytes)) {
            forget(ring); // the application publishes there now
            return;
        }
        ring.limited = true;
        long after = host.ringBytes(ring.topic);
        boolean unused = ring.set(Math.min(ring.most(), Math.max(bytes, after)));
        tell(ring, before, after);
    }

    private void tell(ClientRing ring, long before, long after) {
        long nowNs = System.nanoTime();
        if (nowNs - loggedNs >= logEveryNs) {
            loggedNs = nowNs;
            LOG.warn(
                    "Topic {}: its ring had {} bytes, and has {} now: the rings of topics that clients of {} began hold as much as"
                            + " gapless.gateway.rings leaves them. Consumers that lack what is overwritten are told. Raise that setting, or"
                            + " have gapless.topics name topics that need whole rings",
                    ring.topic,
                    before,
                    after,
                    ring.owner);
        }
    }

    // ------------------------------------------------------------------ from time to time

    /** What rings do not use any more, since messages are too old for instance, is there for others. */
    public void look() {
        rings.values().forEach(this::look);
    }

    private synchronized void look(ClientRing ring) {
        long used = host.ringBytes(ring.topic) + ring.underWay.get() + SPARE_BYTES;
        if (used < ring.most() / 2 && rings.get(ring.topic) == ring && ring.set(used) && ring.limited) {
            ring.limited = false;
            limit(ring, used);
        }
    }

    // ------------------------------------------------------------------ for people

    /** How many bytes they may hold now, together. */
    public long bytes() {
        return budget.bytes(Share.RINGS);
    }

    /** How many they may take together. */
    public long most() {
        return budget.most();
    }
}
