package dev.gapless.bench.process;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket clients of a gateway, all in one process and on one thread. What each is given is checked.
 *
 * <pre>
 *   open PORT               ready                                         once all of them are subscribed
 *   mute                                                                  the first one reads nothing any more
 *   run BEGIN END           used ..., fewest N, most N, bytes N           what one client got in that time, and what an event took
 *   again PORT [N]          level NS                                      all connections were lost; until the last client is level, with N at least
 *   lose NS                 lost OLDEST NEWEST                            all connections within that time, one by one; what all have, and one has
 *   expect N                checked [PROBLEM], announced N                once all of them have everything up to N, or were told
 * </pre>
 *
 * @param checkers makes what judges a client
 * @param token is shown over TLS; null if neither is wanted
 */
record SocketClients(
        int count,
        Supplier<ClientChecker> checkers,
        @Nullable String token) implements Job {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(40);

    @Override
    public void run(Dialogue dialogue) throws Exception {
        try (SocketSwarm swarm = new SocketSwarm(count, checkers, token)) {
            while (true) {
                List<String> order = dialogue.take();
                switch (order.get(0)) {
                    case "open" -> {
                        swarm.open(Integer.parseInt(order.get(1)));
                        swarm.await(SocketSwarm::allAreSubscribed, PATIENCE_NS);
                        dialogue.say("ready");
                    }
                    case "mute" -> swarm.mute();
                    case "run" ->
                        measure(
                                dialogue,
                                swarm,
                                Window.of(order.subList(1, order.size())).get(0));
                    case "again" ->
                        dialogue.say(
                                "level",
                                again(
                                        swarm,
                                        Integer.parseInt(order.get(1)),
                                        order.size() > 2 ? Long.parseLong(order.get(2)) : 0));
                    case "lose" -> {
                        swarm.lose(Long.parseLong(order.get(1)));
                        dialogue.say("lost", swarm.oldest(), swarm.newest());
                    }
                    case "expect" -> {
                        long published = Long.parseLong(order.get(1));
                        swarm.await(all -> all.haveAll(published), PATIENCE_NS);
                        swarm.expect(published);
                        dialogue.say("checked", swarm.problem());
                        dialogue.say("announced", swarm.announced());
                    }
                    default -> throw new IllegalStateException("clients know no '" + order.get(0) + "'");
                }
            }
        }
    }

    private static void measure(Dialogue dialogue, SocketSwarm swarm, Window window) throws Exception {
        CompletableFuture<Usage> used = new Meter(swarm::received).measuring(window);
        Window.sleepUntil(window.beginNs());
        long[] begin = swarm.receivedByEach();
        long beginBytes = swarm.receivedBytes();
        Window.sleepUntil(window.endNs());
        long[] end = swarm.receivedByEach();
        double bytes = swarm.receivedBytes() - beginBytes;
        long fewest = Long.MAX_VALUE;
        long most = 0;
        for (int i = swarm.firstThatReads(); i < end.length; i++) {
            fewest = Math.min(fewest, end[i] - begin[i]);
            most = Math.max(most, end[i] - begin[i]);
        }
        dialogue.say("used", used.get().line());
        dialogue.say("fewest", fewest);
        dialogue.say("most", most);
        dialogue.say(
                "bytes",
                bytes / (LongStream.of(end).sum() - LongStream.of(begin).sum()));
    }

    /** Level is a client that has what any other one has. */
    private static long again(SocketSwarm swarm, int port, long published) throws IOException, InterruptedException {
        long beginNs = System.nanoTime();
        swarm.open(port);
        swarm.await(SocketSwarm::allAreSubscribed, PATIENCE_NS);
        long newest = Math.max(published, swarm.newest());
        swarm.await(all -> all.haveAll(newest), PATIENCE_NS);
        return System.nanoTime() - beginNs;
    }
}
