package dev.gapless.bench.process;

import dev.gapless.Gapless;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.bench.peer.BenchMessage;
import dev.gapless.bench.peer.BenchRowPublisher;
import dev.gapless.bench.peer.KeyedRow;
import dev.gapless.bench.peer.Patience;
import dev.gapless.gateway.GaplessGateway;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node with rows, a table of the rows that it or another one has, and a gateway that shows them.
 *
 * <pre>
 *                        listening ADDRESS
 *   connect ADDRESS...   ready, source PORT
 *   open SOURCE_PORT     port PORT                     once it has all rows
 *   run BEGIN END ...    used ... for each time from BEGIN to END, published N
 *   reads                reads N                       how often its table has read the source
 * </pre>
 *
 * @param ratePerSecond at which its rows change; less than 0 for not at all
 */
record StateGateway(int keys, int ratePerSecond) implements Job {
    private static final String CONFIG = "bench-state.conf";

    @Override
    public void run(Dialogue dialogue) throws Exception {
        BenchRowPublisher node = new BenchRowPublisher(CONFIG, keys, keys);
        Connecting.connect(dialogue, node);
        dialogue.say("source", new RowServer(node).port());
        RowReader reader = new RowReader(Integer.parseInt(dialogue.take("open").get(0)));
        Table<KeyedRow> table = Gapless.get(node.system())
                .table(BenchRowPublisher.TOPIC, TableSource.versioned(reader::read, KeyedRow::key, KeyedRow::version));
        var unused = table.ready().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
        dialogue.say("port", GaplessGateway.start(node.system(), table).port());
        Publishing publishing = new Publishing(node, BenchMessage.BYTES);
        while (true) {
            List<String> order = dialogue.take();
            switch (order.get(0)) {
                case "run" ->
                    GatewayNode.publish(dialogue, publishing, ratePerSecond, Window.of(order.subList(1, order.size())));
                case "reads" -> dialogue.say("reads", reader.reads().count());
                default -> throw new IllegalStateException("a node with a state knows no '" + order.get(0) + "'");
            }
        }
    }
}
