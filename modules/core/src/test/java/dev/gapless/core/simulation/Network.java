package dev.gapless.core.simulation;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * Links between addresses, one for each direction: in order, bounded, and each at times bad. A link knows addresses, not
 * lives: what was under way to a process that died reaches whoever comes after it there.
 */
final class Network {
    private static final int MOST_IN_FLIGHT = 200;
    private static final long LEAST_DELAY_NS = 200_000;

    private final Timeline timeline;
    private final RandomGenerator random;
    private final Counts counts;
    private final Map<String, BiConsumer<String, Object>> receivers = new LinkedHashMap<>();
    private final Map<String, Link> links = new LinkedHashMap<>();

    Network(Timeline timeline, RandomGenerator random, Counts counts) {
        this.timeline = timeline;
        this.random = random;
        this.counts = counts;
    }

    /** One direction between two addresses. */
    private static final class Link {
        final String from;
        final String to;
        final ArrayDeque<Packet> inFlight = new ArrayDeque<>();
        int toLose;
        boolean cut;
        long extraDelayNs;
        long lastArrivalNs;

        Link(String from, String to) {
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
    void listen(String address, BiConsumer<String, Object> receiver) {
        receivers.put(address, receiver);
        for (Link link : links.values()) {
            if (link.to.equals(address)) {
                timeline.after(LEAST_DELAY_NS, () -> deliverHeld(link));
            }
        }
    }

    void silence(String address) {
        receivers.remove(address);
    }

    void send(String from, String to, Object message) {
        Link link = link(from, to);
        counts.add("packets");
        if (link.cut) {
            counts.add("packet cut off");
            return;
        }
        if (link.toLose > 0) {
            link.toLose--;
            counts.add("packet lost");
            return;
        }
        if (link.inFlight.size() >= MOST_IN_FLIGHT) {
            counts.add("packet lost to a full link");
            return;
        }
        long delayNs = from.equals(to) ? 1_000 : LEAST_DELAY_NS + random.nextLong(2_000_000) + link.extraDelayNs;
        link.lastArrivalNs = Math.max(link.lastArrivalNs, timeline.nowNs() + delayNs);
        Packet packet = new Packet(message);
        link.inFlight.add(packet);
        timeline.at(link.lastArrivalNs, () -> arrive(link, packet));
    }

    private void arrive(Link link, Packet packet) {
        BiConsumer<String, Object> receiver = receivers.get(link.to);
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
        BiConsumer<String, Object> receiver = receivers.get(link.to);
        int held = link.inFlight.size();
        for (int i = 0; receiver != null && i < held && !link.inFlight.isEmpty(); i++) {
            Packet packet = link.inFlight.remove();
            packet.done = true;
            counts.add("packet carried into the next life");
            receiver.accept(link.from, packet.message);
        }
    }

    /** The next packets in this direction are lost, and nobody notices. */
    void loseNext(String from, String to, int packets) {
        link(from, to).toLose += packets;
    }

    /** What is under way between the two is lost. */
    void reset(String one, String other) {
        for (Link link : new Link[] {link(one, other), link(other, one)}) {
            link.inFlight.forEach(packet -> {
                packet.done = true;
                counts.add("packet lost in a reset");
            });
            link.inFlight.clear();
        }
    }

    void cut(String from, String to, boolean cut) {
        link(from, to).cut = cut;
    }

    boolean isCut(String from, String to) {
        return link(from, to).cut;
    }

    void delay(String from, String to, long extraNs) {
        link(from, to).extraDelayNs = extraNs;
    }

    /** Every link is as good as it gets, and whatever is still held for somebody who is dead is dropped. */
    void heal() {
        for (Link link : links.values()) {
            link.cut = false;
            link.toLose = 0;
            link.extraDelayNs = 0;
        }
    }

    private Link link(String from, String to) {
        return links.computeIfAbsent(from + ">" + to, k -> new Link(from, to));
    }
}
