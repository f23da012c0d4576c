package dev.gapless.bench;

import java.io.IOException;
import java.util.List;

/** C_IDLE: what a WebSocket client of a gateway takes that has nothing to do. */
final class IdleClientsRun extends OneRun {
    /** So many take part in the warm-up: what they load is not counted. */
    private static final int WARM = 20;

    IdleClientsRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        Child gateway = ClientsRun.gateway(this, "gateway", -1, "-Dgapless.gateway.grpc-port=off");
        connect(List.of(gateway));
        String port = gateway.answer("port", PATIENCE);
        open(port, WARM);
        sleepUntil(System.nanoTime() + plan.warmUp().toNanos());
        Observation observation = new Observation(children);
        double without = heap(gateway);
        int count = plan.scale().clients(workload.subscribers());
        open(port, count);
        sleepUntil(System.nanoTime() + plan.measure().toNanos());
        figures.put(Figure.HEAP_CLIENT, (heap(gateway) - without) / count);
        return observation.others();
    }

    private void open(String port, int count) throws IOException, RunFailure, InterruptedException {
        Child clients = ClientsRun.clients(this, count);
        clients.order("open " + port);
        clients.answer("ready", PATIENCE.multipliedBy(2));
    }

    private static double heap(Child gateway) throws RunFailure, InterruptedException {
        gateway.order("heap");
        return Double.parseDouble(gateway.answer("heap", PATIENCE));
    }
}
