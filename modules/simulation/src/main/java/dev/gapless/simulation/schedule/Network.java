package dev.gapless.simulation.schedule;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Links between addresses, one for each direction: in order, bounded, and each at times bad. A link knows addresses, not
 * lives: what was under way to a process that died reaches whoever comes after it there.
 */
final class Network {
    private static final long LEAST_DELAY_NS = 200_000;

    private final Timeline timeline;
    private final RandomGenerator random;
    private final Counts counts;
    private final int mostInFlight;
    private final Map<Host, BiConsumer<Host, Object>> receivers = new HashMap<>();
    private final Map<Host, Map<Host, Link>> links = new HashMap<>();

    Network(Timeline timeline, RandomGenerator random, Counts counts, int mostInFlight) {
        this.timeline = timeline;
        this.random = random;
        this.counts = counts;
        this.mostInFlight = mostInFlight;
    }

    /** One direction between two addresses. */
    private static final class Link {
        final Host from;
        final Host to;
        final ArrayDeque<Packet> inFlight = new ArrayDeque<>();
        int toLose;
        int cuts;
        long extraDelayNs;
        long lastArrivalNs;

        Link(Host from, Host to) {
            this.from = from;
            this.to = to;
        }
    }

    private static final class Packet {
        final Object message;
        boolean done;

        Packet(Object message) {
            this.message = message;
        }
    }

    /** Somebody listens at this address from now on, and gets what was held there for its predecessor. */
    void listen(Host at, Iterable<Host> everybody, BiConsumer<Host, Object> receiver) {
        receivers.put(at, receiver);
        for (Host from : everybody) {
            Link link = link(from, at);
            if (!link.inFlight.isEmpty()) {
                timeline.after(LEAST_DELAY_NS, () -> deliverHeld(link));
            }
        }
    }

    void silence(Host at) {
        receivers.remove(at);
    }

    void send(Host from, Host to, Object message) {
        Link link = link(from, to);
        counts.add("packets");
        if (link.cuts > 0) {
            counts.add("packet cut off");
            return;
        }
        if (link.toLose > 0) {
            link.toLose--;
            counts.add("packet lost");
            return;
        }
        if (link.inFlight.size() >= mostInFlight) {
            counts.add("packet lost to a full link");
            return;
        }
        long delayNs = from == to ? 1_000 : LEAST_DELAY_NS + random.nextLong(2_000_000) + link.extraDelayNs;
        link.lastArrivalNs = Math.max(link.lastArrivalNs, timeline.nowNs() + delayNs);
        Packet packet = new Packet(message);
        link.inFlight.add(packet);
        timeline.at(link.lastArrivalNs, () -> arrive(link, packet));
    }

    private void arrive(Link link, Packet packet) {
        BiConsumer<Host, Object> receiver = receivers.get(link.to);
        if (packet.done || receiver == null) {
            return; // held, as long as nobody listens
        }
        while (!link.inFlight.isEmpty()) {
            Packet next = link.inFlight.remove();
            next.done = true;
            receiver.accept(link.from, next.message);
            if (next == packet) {
                return;
            }
        }
    }

    private void deliverHeld(Link link) {
        BiConsumer<Host, Object> receiver = receivers.get(link.to);
        int held = link.inFlight.size();
        for (int i = 0; receiver != null && i < held && !link.inFlight.isEmpty(); i++) {
            Packet packet = link.inFlight.remove();
            packet.done = true;
            counts.add("packet carried into the next life");
            receiver.accept(link.from, packet.message);
        }
    }

    /** The next packets in this direction are lost, and nobody notices. */
    void loseNext(Host from, Host to, int packets) {
        link(from, to).toLose += packets;
    }

    /** What is under way between the two is lost. */
    void reset(Host one, Host other) {
        for (Link link : new Link[] {link(one, other), link(other, one)}) {
            link.inFlight.forEach(packet -> {
                packet.done = true;
                counts.add("packet lost in a reset");
            });
            link.inFlight.clear();
        }
    }

    /** Nothing gets through in this direction until {@link #mend} was called as often. */
    void cut(Host from, Host to) {
        link(from, to).cuts++;
    }

    void mend(Host from, Host to) {
        Link link = link(from, to);
        link.cuts = Math.max(0, link.cuts - 1);
    }

    boolean isCut(Host from, Host to) {
        return link(from, to).cuts > 0;
    }

    /** What is sent in this direction from now on takes this much longer, and fills the link. */
    void delay(Host from, Host to, long extraNs) {
        link(from, to).extraDelayNs = extraNs;
    }

    /** Every link is as good as it gets. */
    void heal() {
        links.values()
                .forEach(to -> to.values().forEach(link -> {
                    link.cuts = 0;
                    link.toLose = 0;
                    link.extraDelayNs = 0;
                }));
    }

    private Link link(Host from, Host to) {
        return links.computeIfAbsent(from, h -> new HashMap<>()).computeIfAbsent(to, h -> new Link(from, to));
    }
}
