package dev.gapless.simulation.scenario;

import dev.gapless.core.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The links between the nodes of a scenario. What is sent stays under way until a command delivers it.
 *
 * <p>Pings, Hellos and what a node sends to itself arrive at once and are not told, unless {@code show} asks for them; a cut
 * link loses them, too.
 */
final class Network {
    private static final int ENOUGH = 10_000;

    private final World world;
    private final Map<String, Link> links = new TreeMap<>();
    private final List<Unseen> unseen = new ArrayList<>();

    /** A message that arrives at once, and is not told. */
    private record Unseen(String to, Object message) {}

    Network(World world) {
        this.world = world;
    }

    Link link(String from, String to) {
        return links.computeIfAbsent(from + ">" + to, key -> new Link(from, to));
    }

    void send(ScenarioNode from, long toUid, Object message) {
        if (!world.areMute(from.uid(), toUid)) {
            sendThere(from, world.addressOf(toUid), message);
        }
    }

    /** To whoever is at this address, as the cluster calls it. */
    void sendTo(ScenarioNode from, String addressInCluster, Object message) {
        String to = world.at(addressInCluster);
        if (to == null) {
            return;
        }
        ScenarioNode there = world.running(to);
        if (there == null || !world.areMute(from.uid(), there.uid())) {
            sendThere(from, to, message);
        }
        if (there != null && !link(from.address(), to).cut && !link(to, from.address()).cut) {
            from.node().listens(addressInCluster);
        }
    }

    private void sendThere(ScenarioNode from, String to, Object message) {
        Link link = link(from.address(), to);
        boolean hub = !(message instanceof Message);
        boolean own = from.address().equals(to);
        if ((hub && !world.shows("hub")) || (own && !world.shows("self"))) {
            if (!link.cut) {
                unseen.add(new Unseen(to, message));
            }
            return;
        }
        String became = link.send(message, world.nowNs());
        world.story().tell(link + " " + world.names().message(message) + became);
    }

    /** The next message of this link arrives. Returns false if there is none, or nobody who takes it: it waits for who comes. */
    boolean deliver(Link link) {
        if (link.inFlight.isEmpty() || world.awake(link.to) == null) {
            return false;
        }
        inject(link.to, link.take());
        return true;
    }

    /** This message arrives, whether or not anybody sent it. */
    void inject(String address, Object message) {
        arrive(address, message);
        world.settle();
    }

    private void arrive(String address, Object message) {
        ScenarioNode incarnation = world.awake(address);
        if (incarnation != null) {
            incarnation.node().receive(message);
        }
    }

    /** When the next message arrives on a link that is slow, or {@code Long.MAX_VALUE}. */
    long dueNs() {
        return links.values().stream()
                .filter(link -> link.delayNs > 0 && world.awake(link.to) != null)
                .mapToLong(Link::dueNs)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** Everything arrives that is due, and whatever is sent because of it. */
    boolean deliverAll() {
        boolean any = false;
        boolean more = true;
        for (int i = 0; more; i++) {
            more = false;
            for (Link link : List.copyOf(links.values())) {
                more |= link.dueNs() <= world.nowNs() && deliver(link);
            }
            any |= more;
            if (i > ENOUGH) {
                throw new AssertionError("They never stop sending");
            }
        }
        return any;
    }

    /** Whatever needs no command arrives; to a process that is frozen later. Returns whether there was anything. */
    boolean deliverUnseen() {
        List<Unseen> now =
                unseen.stream().filter(message -> !world.isFrozen(message.to)).toList();
        unseen.removeIf(message -> !world.isFrozen(message.to));
        now.forEach(message -> arrive(message.to, message.message));
        return !now.isEmpty();
    }
}
