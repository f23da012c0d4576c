package dev.gapless.bench;

import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.process.BenchProcess;
import dev.gapless.bench.process.ClientPath;
import dev.gapless.bench.process.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * C_SOCKETS, C_MUTE, C_INGEST: WebSocket clients of a gateway, beside a bare Jetty. In C_MUTE it is measured twice: while all clients
 * read, and while one does not. In C_INGEST another node publishes, in C_SOCKETS_3 and C_SOCKETS_12 two and eleven more.
 */
final class ClientsRun extends OneRun {
    /** Between both measurements, for buffers to fill up. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int RING_OF_SEVERAL = 5_000;

    ClientsRun(Plan plan, Workload workload, String peer, Children children) {
        super(plan, workload, peer, children);
    }

    @Override
    double measure() throws RunFailure, IOException, InterruptedException {
        return measure(
                peer.name().equals(Peers.SECURE) ? new SecureGateway(children.directory()).options() : List.of());
    }

    /** @param secure the settings of TLS and access control, if there are any */
    private double measure(List<String> secure) throws RunFailure, IOException, InterruptedException {
        List<Object> arguments = new ArrayList<>(List.of(
                BenchProcess.CLIENTS,
                plan.scale().clients(workload.subscribers()),
                workload.messageBytes(),
                peer.name().equals(Peers.JETTY) ? BenchProcess.BARE_JETTY_NUMBERS : 0,
                path().word()));
        if (!secure.isEmpty()) {
            arguments.add(SecureGateway.TOKEN);
        }
        Child clients = children.start("clients", options(), arguments.toArray());
        List<Child> servers = servers(secure);
        List<String> ports = new ArrayList<>();
        for (Child gateway : servers.subList(0, servers.size() - (others() > 0 ? 1 : 0))) {
            ports.add(gateway.answer("port", PATIENCE));
        }
        clients.order("open " + ports.get(0));
        clients.answer("ready", PATIENCE);
        long warmUpNs = System.nanoTime() + plan.warmUp().toNanos();

        boolean twice = workload == Workload.C_MUTE;
        long secondNs = warmUpNs + plan.measure().toNanos() + SETTLE_NS;
        String first = warmUpNs + " " + (warmUpNs + plan.measure().toNanos());
        String second = secondNs + " " + (secondNs + plan.measure().toNanos());
        for (Child server : servers) {
            server.order("run " + first + (twice ? " " + second : ""));
        }
        clients.order("run " + first);
        if (twice) {
            clients.order("mute");
            clients.order("run " + second);
        }
        sleepUntil(warmUpNs);
        Observation observation = new Observation(children);
        sleepUntil(twice ? secondNs + plan.measure().toNanos() : secondNs - SETTLE_NS);
        double others = observation.others();

        put(servers, clients);
        if (twice) {
            double free = figures.getOrDefault(Figure.CPU, Double.NaN);
            put(servers, clients);
            double mute = figures.getOrDefault(Figure.CPU, Double.NaN);
            figures.put(Figure.CPU, free);
            figures.put(Figure.CPU_ONE_STUCK, mute);
            figures.put(Figure.CPU_RATIO_ONE_STUCK, mute / free);
        }
        check(servers, clients);
        return others;
    }

    private ClientPath path() {
        return switch (peer.name()) {
            case Peers.JETTY, Peers.PLAIN -> ClientPath.PLAIN;
            case Peers.IDS -> ClientPath.IDS;
            default -> ClientPath.JAVASCRIPT;
        };
    }

    /** How many nodes publish beside the one with clients. */
    private int others() {
        return switch (workload) {
            case C_SOCKETS_3 -> 2;
            case C_SOCKETS_12 -> 11;
            default -> 0;
        };
    }

    /** The one with clients first. */
    private List<Child> servers(List<String> secure) throws IOException, RunFailure, InterruptedException {
        if (peer.name().equals(Peers.JETTY)) {
            return List.of(children.start("jetty", options(), BenchProcess.BARE_JETTY, workload.messageBytes()));
        }
        boolean elsewhere = workload == Workload.C_INGEST;
        List<String> more = new ArrayList<>(List.of("-Dgapless.gateway.grpc-port=off"));
        more.addAll(secure);
        if (peer.name().equals(Peers.SINGLE)) {
            more.add("-Dgapless.gateway.batch-events=1");
        }
        if (workload == Workload.C_MUTE) {
            more.add("-Dgapless.gateway.write-timeout=10m");
        }
        more.add(isLossless() ? "-Dgapless.backpressure-timeout=60s" : "-Dgapless.overflow=expire");
        if (peer.name().equals(Peers.IDS)) {
            more.add("-Dgapless.gateway.batch-events=40"); // a frame of more than 64 KiB comes in parts, which these
            // clients do not read
        }
        if (others() > 0) {
            more.add(ring(RING_OF_SEVERAL)); // what clients lack when the nodes stop is what all rings hold
        }
        String[] options = more.toArray(String[]::new);
        List<Child> nodes = new ArrayList<>();
        nodes.add(gateway(this, "gateway", elsewhere ? -1 : workload.ratePerSecond(), options));
        if (elsewhere) {
            nodes.add(gateway(this, "publisher", workload.ratePerSecond(), options));
        }
        if (others() > 0) {
            nodes.add(children.start(
                    "publishers", options(options), BenchProcess.PUBLISHING_NODES, others(), workload.messageBytes()));
        }
        connect(nodes);
        return nodes;
    }

    /** Do publishers wait for the clients? */
    private boolean isLossless() {
        return workload != Workload.C_MUTE && workload != Workload.C_INGEST;
    }

    /** So many clients of a gateway of Gapless, on the path of the JavaScript client. */
    static Child clients(OneRun run, int count) throws RunFailure, IOException {
        return run.children.start(
                "clients",
                run.options(),
                BenchProcess.CLIENTS,
                count,
                run.workload.messageBytes(),
                0,
                ClientPath.JAVASCRIPT.word());
    }

    /** @param ratePerSecond at which it publishes; 0 for as fast as it can, less for not at all */
    static Child gateway(OneRun run, String role, int ratePerSecond, String... options) throws RunFailure, IOException {
        return run.children.start(
                role, run.options(options), BenchProcess.GATEWAY, run.workload.messageBytes(), ratePerSecond);
    }

    /** What was measured in one window. The clients' own CPU time is a figure of its own. */
    private void put(List<Child> servers, Child clients) throws RunFailure, InterruptedException {
        List<Usage> used = usedBy(servers);
        Usage reading = usedBy(List.of(clients)).get(0);
        used.add(new Usage(reading.elapsedNs(), reading.count(), 0, 0, 0, 0));
        putUsage(used, servers.size());
        figures.put(Figure.CPU_CLIENTS, reading.cpuNs() / NS_PER_US / reading.count());
        double fewest = Double.parseDouble(clients.answer("fewest", PATIENCE));
        double most = Double.parseDouble(clients.answer("most", PATIENCE));
        figures.put(Figure.SLOWEST, fewest / most);
        figures.put(Figure.BYTES, Double.parseDouble(clients.answer("bytes", PATIENCE)));
    }

    private void check(List<Child> servers, Child clients) throws RunFailure, InterruptedException {
        if (peer.name().equals(Peers.JETTY)) {
            return; // it sends for ever; that numbers are in order, clients have checked in each frame
        }
        long published = 0;
        for (Child server : servers) {
            published += Long.parseLong(server.answer("published", PATIENCE));
        }
        clients.order("expect " + published);
        String problem = clients.answer("checked", PATIENCE);
        if (!problem.isEmpty()) {
            throw new RunFailure(problem);
        }
        double announced = Double.parseDouble(clients.answer("announced", PATIENCE));
        if (isLossless() && announced > 0) {
            throw new RunFailure("clients were told that they missed " + announced + " events");
        }
        figures.put(Figure.ANNOUNCED, announced);
    }
}
