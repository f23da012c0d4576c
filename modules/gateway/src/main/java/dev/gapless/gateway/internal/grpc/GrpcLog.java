package dev.gapless.gateway.internal.grpc;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * gRPC logs each error of a connection with its stack, and whoever reaches the port can cause as many as it likes, without a credential. They
 * are counted, and one of them is written in a while. gRPC has one log for all servers of the process: the last one counts. Thread-safe.
 */
final class GrpcLog implements Filter {
    /** Held, since Java forgets loggers that nobody holds. */
    private static final List<Logger> LOGGERS = Stream.of("NettyServerHandler", "NettyServerTransport.connections")
            .map(name -> Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty." + name))
            .toList();

    private final long intervalNs;
    private final LongAdder counted;
    private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
    private final AtomicLong omitted = new AtomicLong();

    /** @param counted counts all of them */
    GrpcLog(Duration interval, LongAdder counted) {
        this.intervalNs = interval.toNanos();
        this.counted = counted;
    }

    /** From now on, where the application has no filter of its own: one line in that time at most. */
    static void bound(Duration interval, LongAdder counted) {
        GrpcLog log = new GrpcLog(interval, counted);
        for (Logger logger : LOGGERS) {
            if (logger.getFilter() == null || logger.getFilter() instanceof GrpcLog) {
                logger.setFilter(log);
            }
        }
    }

    @Override
    public boolean isLoggable(LogRecord error) {
        counted.increment();
        long nowNs = System.nanoTime();
        long dueNs = nextNs.get();
        if (nowNs - dueNs < 0 || !nextNs.compareAndSet(dueNs, nowNs + intervalNs)) {
            omitted.incrementAndGet();
            return false;
        }
        long before = omitted.getAndSet(0);
        if (before > 0) {
            error.setMessage(
                    error.getMessage() + " (" + before + " more like this were left out, gapless.loss-log-interval)");
        }
        return true;
    }
}
