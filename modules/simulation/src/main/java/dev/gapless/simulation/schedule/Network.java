package dev.gapless.simulation.schedule;

import java.util.ArrayDeque;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Links between addresses, one for each direction: in order, bounded, and each at times bad. A link knows addresses, not
 * lives: what was under way to a process that died reaches whoever comes after it there.
 */
final class Network {
    private static final long LEAST_DELAY_NS = 200_000;

    private final Timeline timeline;
    private final RandomGenerator random;
    private final int mostInFlight;
    private final @Nullable BiConsumer<Host, Object>[] receivers;
    private final @Nullable Link[][] links;
    private final Counts.Counter packets;
    private final Counts.Counter lost;
    private final Counts.Counter cutOff;
    private final Counts.Counter full;
    private final Counts.Counter reset;
    private final Counts.Counter clogged;
    private final Counts.Counter carriedOver;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    Network(Timeline timeline, RandomGenerator random, Counts counts, int hosts, int mostInFlight) {
        this.timeline = timeline;
        this.random = random;
        this.mostInFlight = mostInFlight;
        this.receivers = new BiConsumer[hosts];
        this.links = new Link[hosts][hosts];
        this.packets = counts.counter("packets: sent");
        this.lost = counts.counter("packets: lost in silence");
        this.cutOff = counts.counter("packets: lost to a cut");
        this.full = counts.counter("packets: lost to a full link");
        this.reset = counts.counter("packets: lost in a reset");
        this.clogged = counts.counter("packets: held up on a clogged link");
        this.carriedOver = counts.counter("packets: carried into the next incarnation");
    }

    /** One direction between two addresses. */
    private static final class Link {
        final Host from;
        final Host to;
        final ArrayDeque<Packet> inFlight = new ArrayDeque<>();
        int toLose;
        /** If it is not null, only messages of this kind are lost. */
        @Nullable Class<?> kindToLose;

        int cuts;
        long extraDelayNs;
        long lastArrivalNs;

        Link(Host from, Host to) {
            this.from = from;
            this.to = to;
        }
    }

    private final class Packet implements Runnable {
        final Link link;
        final Object message;
        boolean done;

        Packet(Link link, Object message) {
            this.link = link;
            this.message = message;
        }

        @Override
        public void run() {
            arrive(link, this);
        }
    }

    /** Somebody listens at this address from now on, and gets what was held there for its predecessor. */
    void listen(Host at, BiConsumer<Host, Object> receiver) {
        receivers[at.index()] = receiver;
        for (@Nullable Link[] from : links) {
            Link link = from[at.index()];
            if (link != null && !link.inFlight.isEmpty()) {
                timeline.after(LEAST_DELAY_NS, () -> deliverHeld(link));
            }
        }
    }

    /** What is under way to this host was for an address that it has not any more. */
    void dropTo(Host at) {
        for (@Nullable Link[] from : links) {
            Link link = from[at.index()];
            if (link != null) {
                drop(link);
            }
        }
    }

    void silence(Host at) {
        receivers[at.index()] = null;
    }

    void send(Host from, Host to, Object message) {
        Link link = link(from, to);
        packets.add();
        if (link.cuts > 0) {
            cutOff.add();
            return;
        }
        if (link.toLose > 0 && (link.kindToLose == null || link.kindToLose.isInstance(message))) {
            link.toLose--;
            lost.add();
            return;
        }
        if (link.inFlight.size() >= mostInFlight) {
            full.add();
            return;
        }
        if (link.extraDelayNs > 0) {
            clogged.add();
        }
        long delayNs = from == to ? 1_000 : LEAST_DELAY_NS + random.nextLong(2_000_000) + link.extraDelayNs;
        link.lastArrivalNs = Math.max(link.lastArrivalNs, timeline.nowNs() + delayNs);
        Packet packet = new Packet(link, message);
        link.inFlight.add(packet);
        timeline.at(link.lastArrivalNs, packet);
    }

    private void arrive(Link link, Packet packet) {
        BiConsumer<Host, Object> receiver = receivers[link.to.index()];
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
        BiConsumer<Host, Object> receiver = receivers[link.to.index()];
        int held = link.inFlight.size();
        for (int i = 0; receiver != null && i < held && !link.inFlight.isEmpty(); i++) {
            Packet packet = link.inFlight.remove();
            packet.done = true;
            carriedOver.add();
            receiver.accept(link.from, packet.message);
        }
    }

    /** The next packets in this direction are lost, and nobody notices. */
    void loseNext(Host from, Host to, int howMany) {
        loseNext(from, to, howMany, null);
    }

    /** The next messages of this kind, or of any if it is null. */
    void loseNext(Host from, Host to, int howMany, @Nullable Class<?> kind) {
        Link link = link(from, to);
        link.toLose += howMany;
        link.kindToLose = kind;
    }

    /** What is under way between the two is lost. */
    void reset(Host one, Host other) {
        drop(link(one, other));
        drop(link(other, one));
    }

    private void drop(Link link) {
        link.inFlight.forEach(packet -> {
            packet.done = true;
            reset.add();
        });
        link.inFlight.clear();
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
        for (@Nullable Link[] from : links) {
            for (Link link : from) {
                if (link != null) {
                    link.cuts = 0;
                    link.toLose = 0;
                    link.kindToLose = null;
                    link.extraDelayNs = 0;
                }
            }
        }
    }

    private Link link(Host from, Host to) {
        Link link = links[from.index()][to.index()];
        if (link == null) {
            link = new Link(from, to);
            links[from.index()][to.index()] = link;
        }
        return link;
    }
}
