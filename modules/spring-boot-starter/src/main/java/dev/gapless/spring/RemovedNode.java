package dev.gapless.spring;

import dev.gapless.Gapless;
import dev.gapless.Removed;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

/** Ends the process of a node that was removed from its cluster, or says that it is broken: {@link OnRemoved}. Thread-safe. */
final class RemovedNode {
    private static final Logger LOG = LoggerFactory.getLogger(RemovedNode.class);
    private static final int STATUS = 1;

    private final ConfigurableApplicationContext context;
    /** What the application closes may hang, for instance in a database that this node was cut off from, too. */
    private final Duration exitTimeout;

    private volatile boolean broken;

    RemovedNode(Gapless gapless, OnRemoved what, Duration exitTimeout, ConfigurableApplicationContext context) {
        this.context = context;
        this.exitTimeout = exitTimeout;
        gapless.onRemoved(
                switch (what) {
                    case EXIT -> this::exit;
                    case HEALTH -> this::isBroken;
                });
    }

    private void exit(Removed removed) {
        LOG.error("Node {}: the application closes, and its process ends (gapless.on-removed = exit)", removed.node());
        start("gapless-halt", true, this::halt);
        start("gapless-exit", false, () -> System.exit(SpringApplication.exit(context, () -> STATUS)));
    }

    private static void start(String name, boolean daemon, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(daemon);
        thread.start();
    }

    private void halt() {
        try {
            Thread.sleep(exitTimeout.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        System.err.println("The application has not closed within " + exitTimeout
                + " (gapless.exit-timeout): its process ends without that"); // its log may have closed
        Runtime.getRuntime().halt(STATUS);
    }

    private void isBroken(Removed removed) {
        broken = true;
        AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
    }

    /** Spring says at the end of the application's start that it is alive, also if it was removed before. */
    @EventListener
    void onLiveness(AvailabilityChangeEvent<LivenessState> event) {
        if (broken && event.getState() == LivenessState.CORRECT) {
            AvailabilityChangeEvent.publish(context, LivenessState.BROKEN);
        }
    }
}
