package dev.gapless.bench.process;

import dev.gapless.bench.peer.Publisher;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A publisher whose publish returns once all subscribers have the message: how long that takes, from the call. */
record TimedPublisher(Publisher publisher, Window window, Histogram latencies) implements Publisher {
    @Override
    public String address() {
        return publisher.address();
    }

    @Override
    public void connect(String first, List<String> subscribers) throws Exception {
        publisher.connect(first, subscribers);
    }

    @Override
    public void publish(byte[] message) throws Exception {
        long beginNs = System.nanoTime();
        publisher.publish(message);
        if (window.contains(beginNs)) {
            latencies.recordValue(System.nanoTime() - beginNs);
        }
    }

    @Override
    public void flush() throws Exception {
        publisher.flush();
    }
}
