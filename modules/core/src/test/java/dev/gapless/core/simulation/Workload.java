package dev.gapless.core.simulation;

import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.Opening;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What applications do: publish, subscribe, take tokens and resume them, read slowly. */
final class Workload {
    private static final int MOST_SUBSCRIPTIONS = 3;

    private final Simulation simulation;
    private final RandomGenerator random;
    private final List<Taken> tokens = new ArrayList<>();
    private boolean publishing = true;
    private boolean quiet;
    private long messages;
    private long subscriptions;

    /** A token, what had been given and told when it was taken, and which lives its taker had heard of. */
    private record Taken(CursorToken token, Witness witness, Node taker, long stamp) {}

    Workload(Simulation simulation) {
        this.simulation = simulation;
        this.random = simulation.random();
    }

    void begin() {
        for (Host host : simulation.hosts()) {
            if (host.produces()) {
                publishSometimes(host);
            }
            if (host.consumes()) {
                changeSometimes(host);
            }
        }
    }

    /** Nothing more is published, and everybody reads as fast as possible. */
    void end() {
        publishing = false;
        quiet = true;
        for (Host host : simulation.hosts()) {
            if (host.isUp()) {
                host.node().subscribers().values().forEach(s -> {
                    s.pace(0);
                    s.freeze(0);
                });
            }
        }
    }

    private void publishSometimes(Host host) {
        simulation.timeline().after(1 + random.nextLong(2 * simulation.profile().publishGapNs()), () -> {
            if (!publishing) {
                return;
            }
            Node node = host.node();
            if (node != null && !node.isPaused() && !node.isLeaving()) {
                node.input(() -> {
                    int burst = 1 + random.nextInt(simulation.profile().burst());
                    for (int i = 0; i < burst; i++) {
                        node.publish(
                                ++messages, random.nextInt(simulation.profile().padding()));
                    }
                });
            }
            publishSometimes(host);
        });
    }

    /** A node is up: whatever ran on it before is resumed or begun anew. */
    void up(Node node) {
        if (!node.host().consumes()) {
            return;
        }
        if (node.subscribers().isEmpty() || random.nextBoolean()) {
            simulation.timeline().after(1 + random.nextLong(500 * Profile.MS), () -> node.input(() -> subscribe(node)));
        }
    }

    /** Before it is up an application may subscribe already. */
    void started(Node node) {
        if (node.host().consumes() && random.nextBoolean()) {
            subscribe(node);
        }
    }

    private void changeSometimes(Host host) {
        simulation.timeline().after(1 + random.nextLong(6 * Profile.SECOND), () -> {
            if (quiet) {
                return;
            }
            Node node = host.node();
            if (node != null && node.isUp()) {
                node.input(() -> change(node));
            }
            changeSometimes(host);
        });
    }

    private void change(Node node) {
        List<Subscriber> all = List.copyOf(node.subscribers().values());
        int what = random.nextInt(6);
        if (what < 2 && !all.isEmpty()) {
            Subscriber one = all.get(random.nextInt(all.size()));
            take(one);
            if (what == 0 && all.size() > 1) {
                simulation.counts().add("subscription cancelled");
                node.unsubscribe(one);
            }
        } else if (what == 2 && !all.isEmpty() && simulation.profile().faults()) {
            Subscriber one = all.get(random.nextInt(all.size()));
            simulation.counts().add("fault: slow subscription");
            one.pace(random.nextBoolean() ? 0 : random.nextLong(200 * Profile.MS));
        } else if (what == 3 && !all.isEmpty() && simulation.profile().faults()) {
            Subscriber one = all.get(random.nextInt(all.size()));
            simulation.counts().add("fault: frozen subscription");
            one.freeze(simulation.timeline().nowNs() + random.nextLong(20 * Profile.SECOND));
        } else if (all.size() < MOST_SUBSCRIPTIONS) {
            subscribe(node);
        }
    }

    /** Keeps a token, as an application does that wants to go on after it has ended. */
    void take(Subscriber subscriber) {
        CursorToken token = subscriber.token();
        CursorToken printed = CursorToken.parse(token.toString());
        simulation.counts().add(subscriber.isReloading() ? "token taken during a reload" : "token taken");
        simulation
                .trace()
                .add(
                        subscriber.witness(),
                        () -> "token " + token.positions() + ", "
                                + subscriber.witness().describe());
        Witness then = subscriber.witness().copy(0, "token");
        tokens.add(new Taken(
                printed, then, subscriber.node(), simulation.timeline().stamp()));
        if (tokens.size() > 8) {
            tokens.remove(0);
        }
    }

    private void subscribe(Node node) {
        long id = ++subscriptions;
        int how = random.nextInt(5);
        if (how < 2 && !tokens.isEmpty()) {
            resume(node, id, tokens.get(random.nextInt(tokens.size())));
            return;
        }
        Opening opening;
        Witness witness;
        if (how == 2) {
            opening = new Opening.Earliest();
            witness = new Witness(id, "earliest");
            witness.earliest = true;
        } else if (how == 3) {
            long sinceMs = simulation.timeline().nowMs() - random.nextLong(10_000);
            opening = new Opening.Since(sinceMs);
            witness = new Witness(id, "since");
            witness.sinceMs = sinceMs;
        } else {
            opening = new Opening.Latest();
            witness = new Witness(id, "latest");
        }
        simulation.counts().add("subscribed: " + opening.getClass().getSimpleName());
        simulation.trace().add(node.host(), () -> "opens " + witness + " " + opening);
        node.subscribe(opening, witness);
    }

    private void resume(Node node, long id, Taken taken) {
        Witness witness = taken.witness().copy(id, "token of " + taken.taker().host());
        simulation.counts().add(taken.taker() == node ? "resumed in the same life" : "resumed elsewhere");
        simulation
                .trace()
                .add(
                        node.host(),
                        () -> "opens " + witness + " " + taken.token().positions() + " " + witness.describe());
        long now = simulation.timeline().stamp();
        witness.handovers.add(new Witness.Handover(taken.taker(), taken.stamp(), node, now));
        node.subscribe(new Opening.Resume(taken.token()), witness);
    }
}
