package dev.gapless.core.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What goes wrong, when, and that it ends. */
final class Chaos {
    private final Simulation simulation;
    private final RandomGenerator random;
    private boolean over;

    /** How the next reload goes. */
    record ReloadPlan(long takesNs, boolean fails, boolean answersWithPositions) {}

    Chaos(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
    }

    void begin() {
        if (simulation.profile().faults()) {
            soon();
        }
    }

    private void soon() {
        simulation.timeline().after(1 + random.nextLong(2 * simulation.profile().faultGapNs()), () -> {
            if (!over) {
                strike();
                soon();
            }
        });
    }

    private void strike() {
        Host one = anyHost();
        Host other = anyHost();
        switch (random.nextInt(10)) {
            case 0, 1 -> lose(one, other);
            case 2 -> reset(one, other);
            case 3 -> cut(one, other);
            case 4 -> delay(one, other);
            case 5 -> pause(one);
            case 6 -> restart(one);
            case 7 -> crash(one);
            case 8 -> leave(one);
            default -> skewClock(one);
        }
    }

    private Host anyHost() {
        List<Host> hosts = simulation.hosts();
        return hosts.get(random.nextInt(hosts.size()));
    }

    private void happens(String what, Object who) {
        simulation.counts().add("fault: " + what);
        simulation.trace().add("*", () -> what + " " + who);
    }

    // ------------------------------------------------------------------ the network

    private void lose(Host from, Host to) {
        if (from != to) {
            int packets = 1 + random.nextInt(8);
            happens("loss", from + " to " + to + ", " + packets + " packets");
            simulation.network().loseNext(from.name(), to.name(), packets);
        }
    }

    private void reset(Host one, Host other) {
        if (one != other) {
            happens("reset", one + ", " + other);
            simulation.network().reset(one.name(), other.name());
        }
    }

    private void cut(Host one, Host other) {
        if (one == other) {
            return;
        }
        boolean oneWay = random.nextInt(3) == 0;
        long lastsNs = random.nextLong(15 * Profile.SECOND);
        happens(oneWay ? "cut in one direction" : "cut", one + ", " + other + " for " + lastsNs / Profile.MS + " ms");
        simulation.network().cut(one.name(), other.name(), true);
        if (!oneWay) {
            simulation.network().cut(other.name(), one.name(), true);
        }
        simulation.timeline().after(2 * Profile.SECOND, () -> simulation.reachable(one, other, false));
        if (lastsNs > 6 * Profile.SECOND && random.nextBoolean()) {
            // Longer than a consumer takes to find its producer silent: that may forget the cursors then.
            simulation.timeline().after(6 * Profile.SECOND, () -> forget(one, other));
        }
        simulation.timeline().after(lastsNs, () -> {
            simulation.network().cut(one.name(), other.name(), false);
            simulation.network().cut(other.name(), one.name(), false);
            simulation.timeline().after(2 * Profile.SECOND, () -> simulation.reachable(one, other, true));
        });
    }

    private void forget(Host one, Host other) {
        if (one.isUp() && other.isUp() && simulation.network().isCut(one.name(), other.name())) {
            happens("cursor forgotten", other + " forgets those of " + one);
            Node node = other.node();
            long uid = one.node().uid();
            node.input(() -> node.forget(uid));
        }
    }

    private void delay(Host from, Host to) {
        if (from != to) {
            long extraNs = random.nextLong(3 * Profile.SECOND);
            happens("delay", from + " to " + to + " by " + extraNs / Profile.MS + " ms");
            simulation.network().delay(from.name(), to.name(), extraNs);
            simulation
                    .timeline()
                    .after(
                            random.nextLong(8 * Profile.SECOND),
                            () -> simulation.network().delay(from.name(), to.name(), 0));
        }
    }

    // ------------------------------------------------------------------ nodes

    private void pause(Host host) {
        Node node = host.node();
        if (node != null && !node.isPaused()) {
            long lastsNs = random.nextLong(15 * Profile.SECOND);
            happens("pause", host + " for " + lastsNs / Profile.MS + " ms");
            node.pause();
            simulation.timeline().after(3 * Profile.SECOND, () -> {
                if (node.isPaused()) {
                    simulation.members().reachable(node.uid(), false);
                }
            });
            simulation.timeline().after(lastsNs, () -> goOn(node));
        }
    }

    private void goOn(Node node) {
        if (node.isPaused() && !node.isDead()) {
            simulation.members().reachable(node.uid(), true);
            node.goOn();
        }
    }

    private void restart(Host host) {
        if (host.isUp() && liveHosts() > 2) {
            happens("restart", host);
            end(host, 500 * Profile.MS + random.nextLong(3 * Profile.SECOND));
            simulation.timeline().after(random.nextLong(4 * Profile.SECOND), () -> simulation.start(host));
        }
    }

    private void crash(Host host) {
        if (host.isUp() && liveHosts() > 2) {
            happens("crash", host);
            end(host, 500 * Profile.MS + random.nextLong(5 * Profile.SECOND));
            if (random.nextInt(3) != 0) {
                long awayNs = 8 * Profile.SECOND + random.nextLong(10 * Profile.SECOND);
                simulation.timeline().after(awayNs, () -> simulation.start(host));
            }
        }
    }

    private void end(Host host, long untilRemovedNs) {
        Node node = host.node();
        node.subscribers().values().forEach(subscriber -> {
            if (random.nextBoolean()) {
                simulation.workload().take(subscriber); // what it had stored with its rows
            }
        });
        simulation.stop(node);
        simulation.timeline().after(untilRemovedNs, () -> simulation.members().remove(node.uid()));
    }

    private void leave(Host host) {
        Node node = host.node();
        if (node != null && node.isUp() && !node.isPaused() && !node.isLeaving() && liveHosts() > 2) {
            happens("leave", host);
            node.input(node::leave);
        }
    }

    /** A node that leaves has drained, or its time for it is up. */
    void gone(Node node) {
        if (node.isDead()) {
            return;
        }
        simulation.trace().add(node.host(), () -> "is gone");
        simulation.stop(node);
        simulation
                .timeline()
                .after(
                        random.nextLong(Profile.SECOND),
                        () -> simulation.members().remove(node.uid()));
        if (random.nextBoolean()) {
            simulation.timeline().after(random.nextLong(20 * Profile.SECOND), () -> simulation.start(node.host()));
        }
    }

    private void skewClock(Host host) {
        happens("clock set", host);
        host.clockSkewMs(random.nextLong(4_000) - 2_000);
    }

    private int liveHosts() {
        return (int) simulation.hosts().stream().filter(Host::isUp).count();
    }

    // ------------------------------------------------------------------ reloads, and the end of it all

    ReloadPlan nextReload() {
        boolean fails = !over && simulation.profile().faults() && random.nextInt(5) == 0;
        long takesNs =
                over ? 10 * Profile.MS : random.nextLong(random.nextInt(5) == 0 ? 5 * Profile.SECOND : 50_000_000);
        return new ReloadPlan(takesNs, fails, random.nextInt(4) == 0);
    }

    /** No more faults; those under way end now. Who is dead stays dead, or comes back when it was about to. */
    void end() {
        over = true;
        simulation.network().heal();
        for (Host host : new ArrayList<>(simulation.hosts())) {
            if (host.isUp()) {
                Node node = host.node();
                simulation.members().reachable(node.uid(), true);
                goOn(node);
            }
        }
    }
}
