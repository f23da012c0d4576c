package dev.gapless.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes room in the file of the embedded database: after a commit, at most once a second, on a thread that ends when nothing is committed. H2 does
 * that in the background by itself, but not with {@code WRITE_DELAY=0}: each commit writes some 8 KB, of which next to nothing is needed after
 * the next one. Without it the file of a ring of 65,536 messages, each committed by itself, came to 550 MB; with it, to a tenth of that. Thread-safe.
 */
final class Compaction {
    private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    /** What is written again are chunks of which less is needed, in percent. */
    private static final int FILL_RATE = 50;
    /** At a time. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private final long intervalNs;
    private final AtomicLong lastNs = new AtomicLong(System.nanoTime());
    private final ThreadPoolExecutor executor =
            new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1), Compaction::thread);

    Compaction(long intervalNs) {
        this.intervalNs = intervalNs;
        executor.allowCoreThreadTimeOut(true);
        executor.setRejectedExecutionHandler(
                new ThreadPoolExecutor.DiscardPolicy()); // the one that waits does the same
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "gapless-journal-compaction");
        thread.setDaemon(true);
        return thread;
    }

    /** This connection to H2 has committed. */
    void committed(Connection connection) {
        long now = System.nanoTime();
        long last = lastNs.get();
        if (now - last < intervalNs || !lastNs.compareAndSet(last, now)) {
            return;
        }
        try {
            MVStore store = ((SessionLocal)
                            connection.unwrap(JdbcConnection.class).getSession())
                    .getDatabase()
                    .getStore()
                    .getMvStore();
            executor.execute(() -> compact(store));
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The file of the database is not compacted", e);
        }
    }

    private static void compact(MVStore store) {
        try {
            if (!store.isClosed()) {
                store.compact(FILL_RATE, MOST_BYTES);
            }
        } catch (RuntimeException e) {
            LOG.debug("The file of the database was not compacted", e); // it was closed meanwhile, or is full
        }
    }
}
