package dev.gapless;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * Finds tests that pass by luck: actors, and tests that have waited for something, now and then hesitate at random, so that things happen
 * in orders that are rare otherwise. With {@code -Dgapless.hesitate=30x30} 30 of 1,000 turns of an actor wait for up to 30 ms.
 */
public final class Hesitating extends ExecutorServiceConfigurator {
    private static final String HOW = System.getProperty("gapless.hesitate", "0x0");
    private static final int PER_MILLE = Integer.parseInt(HOW.substring(0, HOW.indexOf('x')));
    private static final int MAX_MS = Integer.parseInt(HOW.substring(HOW.indexOf('x') + 1));
    private static final int THREADS = 6;

    /** As Pekko makes it. */
    public Hesitating(Config config, DispatcherPrerequisites prerequisites) {
        super(config, prerequisites);
    }

    /** What makes an actor system hesitate, or nothing if nobody wants that. */
    static Config config() {
        if (PER_MILLE == 0) {
            return ConfigFactory.empty();
        }
        String hesitates = "{ executor = \"" + Hesitating.class.getName() + "\", throughput = 1 }\n";
        return ConfigFactory.parseString("pekko.actor.default-dispatcher " + hesitates
                + "pekko.actor.internal-dispatcher " + hesitates + "gapless.default-dispatcher " + hesitates);
    }

    /** What a test does after it has waited. */
    static void now() {
        if (ThreadLocalRandom.current().nextInt(1_000) < 5 * PER_MILLE) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                    1 + ThreadLocalRandom.current().nextInt(2 * MAX_MS)));
        }
    }

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
        return () ->
                new ThreadPoolExecutor(THREADS, THREADS, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), threads) {
                    @Override
                    protected void beforeExecute(Thread thread, Runnable turn) {
                        if (ThreadLocalRandom.current().nextInt(1_000) < PER_MILLE) {
                            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(
                                    1 + ThreadLocalRandom.current().nextInt(MAX_MS)));
                        }
                    }
                };
    }
}
