package dev.gapless.bench.peer;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.Topic;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A node of Gapless that has a source of rows, and publishes how they change. The number of a message is the version of its row, and its value
 * says when it was due. Rows may be read by any thread.
 */
public final class BenchRowPublisher extends ClusterNode implements Publisher {
    /** What it publishes to. */
    public static final Topic<KeyedRow> TOPIC = Topic.of("bench-rows", KeyedRow.class);

    /** Of so many messages one is of the first row, so that readers know how old what they have is. */
    private static final int FIRST_EVERY = 10;

    private final int changing;
    private final AtomicReferenceArray<KeyedRow> rows;
    private final Producer<KeyedRow> producer;

    /**
     * A node that has joined no cluster yet.
     *
     * @param config a resource
     * @param keys how many rows there are
     * @param changing the first so many of them change, in turn
     */
    public BenchRowPublisher(String config, int keys, int changing) {
        super(config);
        this.changing = changing;
        rows = new AtomicReferenceArray<>(keys);
        for (int i = 0; i < keys; i++) {
            rows.set(i, new KeyedRow(key(i, keys), 0, 0));
        }
        producer = Gapless.get(system()).producer(TOPIC);
    }

    /** The key of this row, from 0 on. */
    public static String key(int index, int keys) {
        return KeyedRow.of(index, keys).key();
    }

    /** Which row the message of this number, from 1 on, is of. */
    public static int index(long number, int changing) {
        return number % FIRST_EVERY == 0 ? 0 : (int) ((number - number / FIRST_EVERY) % changing);
    }

    public int size() {
        return rows.length();
    }

    public KeyedRow row(int index) {
        return rows.get(index);
    }

    @Override
    public void connect(String first, List<String> others) throws Exception {
        join(first, others.size() + 1);
    }

    @Override
    public void publish(byte[] message) {
        long number = BenchMessage.numberAt(message, 0);
        int index = index(number, changing);
        KeyedRow row =
                new KeyedRow(rows.get(index).key(), number, BenchMessage.intendedNsAt(message, 0, message.length));
        rows.set(index, row);
        producer.send(row.key(), row);
    }

    @Override
    public void flush() {
        // Gapless sends at once
    }
}
