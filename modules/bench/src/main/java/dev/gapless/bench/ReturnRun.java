package dev.gapless.bench;

import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * C_RETURN: a gateway is killed, and all of its WebSocket clients come to another one at once, each with its own place. C_STATE_RETURN: each
 * with the token of its state, for all rows of a table.
 */
final class ReturnRun extends OneRun {
    private static final int RETURNS_BEFORE = 3;
    private static final int ROWS = 1_000;

    /** Between two orders. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);

    ReturnRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        Child stays = gateway("stays", workload.ratePerSecond());
        Child dies = gateway("dies", -1);
        connect(List.of(stays, dies));
        if (isOfState()) {
            String source = stays.answer("source", PATIENCE);
            dies.answer("source", PATIENCE);
            stays.order("open " + source);
            dies.order("open " + source);
        }
        String port = stays.answer("port", PATIENCE);
        int count = plan.scale().clients(workload.subscribers());
        Child clients = isOfState()
                ? children.start("clients", options(), BenchProcess.STATE_CLIENTS, count, ROWS)
                : ClientsRun.clients(this, count);
        String portOfOther = dies.answer("port", PATIENCE);
        // Clients have come to the one that stays, and returned to it, before: what is measured is no compiler.
        for (int i = 0; i < RETURNS_BEFORE; i++) {
            open(clients, port);
            long warmNs = System.nanoTime() + plan.warmUp().toNanos() / RETURNS_BEFORE;
            stays.order("run " + System.nanoTime() + " " + warmNs);
            sleepUntil(warmNs);
            usedBy(List.of(stays));
            stays.answer("published", PATIENCE);
            open(clients, portOfOther);
        }
        double readsBefore = reads(stays);
        if (isOfState() && readsBefore == 0) {
            throw new RunFailure("the table has not read its source");
        }
        long beginNs = System.nanoTime() + SETTLE_NS;
        // It publishes until after all are level, as far as anybody can tell.
        long endNs = beginNs + plan.measure().toNanos();
        stays.order("run " + beginNs + " " + endNs);
        sleepUntil(beginNs);
        Observation observation = new Observation(children);
        children.kill(dies);
        clients.order("again " + port);
        figures.put(Figure.LEVEL, Double.parseDouble(clients.answer("level", PATIENCE)) / NS_PER_MS);
        sleepUntil(endNs);
        double others = observation.others();
        usedBy(List.of(stays));
        clients.order("expect " + stays.answer("published", PATIENCE));
        String problem = clients.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        double announced = Double.parseDouble(clients.answer("announced", PATIENCE));
        if (announced > 0) {
            throw new RunFailure("clients were told that they missed " + announced + " events");
        }
        if (isOfState()) {
            figures.put(Figure.READS, reads(stays) - readsBefore);
        }
        return others;
    }

    private boolean isOfState() {
        return workload == Workload.C_STATE_RETURN && !peer.name().equals(Peers.EVENTS);
    }

    private Child gateway(String role, int ratePerSecond) throws RunFailure, IOException {
        String[] options = {"-Dgapless.overflow=expire", "-Dgapless.gateway.grpc-port=off"};
        return isOfState()
                ? children.start(role, options(options), BenchProcess.STATE_GATEWAY, ROWS, ratePerSecond)
                : ClientsRun.gateway(this, role, ratePerSecond, options);
    }

    /** How often a gateway's table has read its source by now; 0 if it has none. */
    private double reads(Child gateway) throws RunFailure, InterruptedException {
        if (!isOfState()) {
            return 0;
        }
        gateway.order("reads");
        return Double.parseDouble(gateway.answer("reads", PATIENCE));
    }

    private static void open(Child clients, String port) throws RunFailure, IOException, InterruptedException {
        clients.order("open " + port);
        clients.answer("ready", PATIENCE.multipliedBy(2));
    }
}
