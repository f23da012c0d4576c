package dev.gapless.bench.process;

import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.Peers;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Side;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/**
 * One process of a round. It does what standard input orders, and answers on standard output:
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready               the publisher's address is the first
 *   run BEGIN END        published N, used ...   the publisher
 *                        used ...                a subscriber
 *   expect N             checked [PROBLEM], latencies ...
 * </pre>
 */
public final class BenchProcess {
    /** The role that publishes; every other is a subscriber's. */
    public static final String PUBLISHER = "publisher";

    /** A publisher goes on for a while: what is measured ends under load. */
    private static final long TAIL_NS = 100_000_000;

    private static final double MEDIAN = 50;
    private static final double P99 = 99;

    private final PrintStream out;
    private final Orders orders = new Orders();

    private BenchProcess(PrintStream out) {
        this.out = out;
    }

    /**
     * Takes part in a run.
     *
     * @param args peer, role, and messages a second or 0
     */
    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err);
        BenchProcess process = new BenchProcess(out);
        int status = 0;
        try {
            Peer peer = Peers.of(args[0]);
            if (args[1].equals(PUBLISHER)) {
                process.publish(peer, Integer.parseInt(args[2]));
            } else {
                process.subscribe(peer);
            }
        } catch (Exception e) {
            e.printStackTrace();
            process.say("failed", e.toString().replaceAll("\\s+", " "));
            status = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(status);
    }

    private void publish(Peer peer, int ratePerSecond) throws Exception {
        Publisher publisher = peer.publisher();
        connect(publisher);
        Publishing publishing = new Publishing(publisher);
        Window window = window();
        CompletableFuture<Usage> used = measure(new Meter(publishing::published), window);
        long endNs = window.endNs() + TAIL_NS;
        if (ratePerSecond == 0) {
            publishing.runUntil(endNs);
        } else {
            publishing.runUntil(endNs, ratePerSecond);
        }
        say("published", String.valueOf(publishing.published()));
        say("used", used.get().line());
        orders.take("end");
    }

    private void subscribe(Peer peer) throws Exception {
        Reception reception = new Reception();
        connect(peer.subscriber(reception));
        Window window = window();
        reception.measure(window);
        say("used", measure(new Meter(reception::received), window).get().line());
        long published = Long.parseLong(orders.take("expect").get(0));
        say("checked", reception.await(published, Patience.PROGRESS.toNanos()));
        Histogram latencies = reception.latencies();
        say(
                "latencies",
                new Latencies(
                                latencies.getTotalCount(),
                                latencies.getValueAtPercentile(MEDIAN),
                                latencies.getValueAtPercentile(P99),
                                latencies.getMaxValue())
                        .line());
        orders.take("end");
    }

    private void connect(Side side) throws Exception {
        say("listening", side.address());
        List<String> addresses = orders.take("connect");
        side.connect(addresses.get(0), addresses.subList(1, addresses.size()));
        say("ready", "");
    }

    private Window window() throws InterruptedException {
        List<String> times = orders.take("run");
        return new Window(Long.parseLong(times.get(0)), Long.parseLong(times.get(1)));
    }

    private static CompletableFuture<Usage> measure(Meter meter, Window window) {
        CompletableFuture<Usage> used = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        used.complete(meter.measure(window));
                    } catch (RuntimeException e) {
                        used.completeExceptionally(e);
                    }
                },
                "meter");
        thread.setDaemon(true);
        thread.start();
        return used;
    }

    private void say(String word, String rest) {
        out.println(word + " " + rest);
        out.flush();
    }
}
