package dev.gapless.bench;

import dev.gapless.bench.process.BenchProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** C_RETURN: a gateway is killed, and all of its WebSocket clients come to another one at once, each with its own positions. */
final class ReturnRun extends OneRun {
    private static final int RETURNS_BEFORE = 3;

    /** Between two orders. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);

    ReturnRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        String[] options = {"-Dgapless.overflow=expire", "-Dgapless.gateway.grpc-port=off"};
        Child stays = ClientsRun.gateway(this, "stays", workload.ratePerSecond(), options);
        Child dies = ClientsRun.gateway(this, "dies", -1, options);
        connect(List.of(stays, dies));
        String port = stays.answer("port", PATIENCE);
        Child clients = children.start(
                "clients",
                options(),
                BenchProcess.CLIENTS,
                plan.scale().clients(workload.subscribers()),
                workload.messageBytes(),
                0);
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
        return others;
    }

    private static void open(Child clients, String port) throws RunFailure, IOException, InterruptedException {
        clients.order("open " + port);
        clients.answer("ready", PATIENCE.multipliedBy(2));
    }
}
