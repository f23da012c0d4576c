package dev.gapless.bench;

import dev.gapless.bench.peer.Traffic;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.ClientPath;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * C_RETURN_FAR: the connections of a gateway's WebSocket clients are lost one by one while another node publishes, which goes on until each client
 * lacks more than the feed of the gateway that they come to holds. What is sent between the nodes until all of them are level?
 */
final class FarReturnRun extends OneRun {
    private static final int RETURNS_BEFORE = 3;
    private static final long LOSING_NS = TimeUnit.SECONDS.toNanos(5);
    /** Of the gateway that stays; what is published meanwhile is more. */
    private static final int FEED = 500;

    private static final int LACKED_BY_ALL = 1_000;
    /** Who have never left the gateway that stays: its feed lives. */
    private static final int OTHERS = 2;

    FarReturnRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {"-Dgapless.overflow=expire", "-Dgapless.gateway.grpc-port=off", cache(FEED), Traffic.OPTION
        };
        Child publisher = ClientsRun.gateway(this, "publisher", workload.ratePerSecond(), options);
        Child stays = ClientsRun.gateway(this, "stays", -1, options);
        Child dies = ClientsRun.gateway(this, "dies", -1, options);
        connect(List.of(publisher, stays, dies));
        publisher.answer("port", PATIENCE);
        String port = stays.answer("port", PATIENCE);
        String portOfOther = dies.answer("port", PATIENCE);
        Child others = clients("others", OTHERS);
        open(others, port);
        int count = plan.scale().clients(workload.subscribers());
        Child clients = clients("clients", count);
        // Clients have come to the one that stays, and returned to it, before: what is measured is no compiler.
        for (int i = 0; i < RETURNS_BEFORE; i++) {
            open(clients, port);
            publish(publisher, plan.warmUp().toNanos() / RETURNS_BEFORE);
            open(clients, portOfOther);
        }
        clients.order("lose " + LOSING_NS);
        publish(publisher, LOSING_NS);
        String[] places = clients.answer("lost", PATIENCE).split(" ", -1);
        double oldest = Double.parseDouble(places[0]);
        double newest = Double.parseDouble(places[1]);
        children.kill(dies);
        publisher.order("burst " + LACKED_BY_ALL);
        long published = Long.parseLong(publisher.answer("published", PATIENCE));
        others.order("expect " + published); // nothing is under way
        checked(others);
        double[] before = sent(publisher, stays);
        Observation observation = new Observation(children);
        clients.order("again " + port + " " + published);
        figures.put(Figure.LEVEL, Double.parseDouble(clients.answer("level", PATIENCE)) / NS_PER_MS);
        double noise = observation.others();
        double[] after = sent(publisher, stays);
        clients.order("expect " + published);
        checked(clients);
        double lacked = published - oldest;
        if (published - newest <= FEED) {
            throw new RunFailure("a client lacked " + (published - newest) + " messages, and the feed holds " + FEED);
        } else if (after[0] == before[0]) {
            throw new RunFailure("nothing was sent for clients that lack more than the feed holds");
        }
        figures.put(Figure.LACKED, lacked);
        figures.put(Figure.SENT_MESSAGES, after[0] - before[0]);
        figures.put(Figure.SENT_BYTES, after[1] - before[1]);
        figures.put(Figure.SENT_OF_LACKED, (after[1] - before[1]) / (lacked * workload.messageBytes()));
        return noise;
    }

    private Child clients(String role, int count) throws RunFailure, IOException {
        return children.start(
                role, options(), BenchProcess.CLIENTS, count, workload.messageBytes(), 0, ClientPath.JAVASCRIPT.word());
    }

    private void publish(Child publisher, long ns) throws RunFailure, InterruptedException {
        long beginNs = System.nanoTime();
        publisher.order("run " + beginNs + " " + (beginNs + ns));
        sleepUntil(beginNs + ns);
        usedBy(List.of(publisher));
        publisher.answer("published", PATIENCE);
    }

    private static void open(Child clients, String port) throws RunFailure, InterruptedException {
        clients.order("open " + port);
        clients.answer("ready", PATIENCE.multipliedBy(2));
    }

    /** Messages and bytes, by both nodes. */
    private static double[] sent(Child publisher, Child stays) throws RunFailure, InterruptedException {
        double[] sum = new double[2];
        for (Child node : List.of(publisher, stays)) {
            node.order("sent");
            String[] said = node.answer("sent", PATIENCE).split(" ", -1);
            sum[0] += Double.parseDouble(said[0]);
            sum[1] += Double.parseDouble(said[1]);
        }
        return sum;
    }

    private static void checked(Child clients) throws RunFailure, InterruptedException {
        String problem = clients.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        double announced = Double.parseDouble(clients.answer("announced", PATIENCE));
        if (announced > 0) {
            throw new RunFailure("clients were told that they missed " + announced + " events");
        }
    }
}
