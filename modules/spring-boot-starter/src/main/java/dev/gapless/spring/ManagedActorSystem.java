package dev.gapless.spring;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.ClusterFormation;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * An actor system that lives as long as the application. It begins when it is made, which is before a web server begins. It leaves the cluster
 * when all web servers have stopped, and before any bean is destroyed. Thread-safe.
 */
final class ManagedActorSystem implements SmartLifecycle, DisposableBean {
    /** Web servers stop from {@code DEFAULT_PHASE - 1024} to {@code DEFAULT_PHASE - 2048}; what has a higher phase stops earlier. */
    static final int PHASE = DEFAULT_PHASE - 4096;

    private static final Logger LOG = LoggerFactory.getLogger(ManagedActorSystem.class);

    private static final String ENABLED = "gapless.enabled";
    private static final String BINDINGS = "pekko.actor.serialization-bindings";

    private final ActorSystem system;
    private volatile boolean running;
    /** Whether Spring has waited for it already. */
    private volatile boolean stopped;

    /** One with the application's settings, these in front of them, and those behind: {@link EnvironmentConfig#load}. */
    static ManagedActorSystem of(
            ConfigurableEnvironment environment, String above, String below, ResourceLoader resources) {
        ClassLoader loader = loader(resources);
        return new ManagedActorSystem(EnvironmentConfig.load(environment, above, below, loader), loader);
    }

    /** A node of a cluster with the application's settings, and those behind; in a test of one that it forms: {@link TestContexts}. */
    static ManagedActorSystem node(ConfigurableEnvironment environment, String below, ResourceLoader resources) {
        Config config = EnvironmentConfig.load(environment, "", below, loader(resources));
        if (!config.getBoolean(ENABLED)) {
            throw new IllegalStateException(
                    ENABLED + " switches off what the starter makes, and Spring decides that: set it to"
                            + " false where Spring reads properties, such as application.yaml");
        }
        UnknownVariables.warn(environment, ConfigFactory.defaultReference(loader(resources)));
        if (!TestContexts.isAlone(environment, config)) {
            return new ManagedActorSystem(config, loader(resources));
        }
        ManagedActorSystem alone = of(environment, TestContexts.SETTINGS, below, resources);
        Cluster cluster = Cluster.get(alone.system);
        cluster.join(cluster.selfAddress());
        return alone;
    }

    private static ClassLoader loader(ResourceLoader resources) {
        ClassLoader its = resources.getClassLoader();
        return its == null ? ClassUtils.getDefaultClassLoader() : its;
    }

    private ManagedActorSystem(Config config, ClassLoader loader) {
        try {
            this.system = ClusterFormation.start(config.getString("gapless.actor-system"), config, loader);
        } catch (LinkageError e) { // most likely of Jackson, whose version Spring manages
            throw new IllegalStateException(
                    "Pekko does not go with a library on the class path. If this is Jackson (of which there is "
                            + PackageVersion.VERSION + "), another version is managed than Pekko can do with: import"
                            + " dev.gapless:gapless-bom into the application's dependencyManagement, before other BOMs",
                    e);
        } catch (Exception e) { // Pekko's, undeclared
            if (e instanceof ClassNotFoundException
                    && config.getObject(BINDINGS).containsKey(e.getMessage())) {
                throw new IllegalStateException(
                        "There is no class " + e.getMessage()
                                + " on the class path, which is bound to a serializer under " + BINDINGS
                                + ". Correct the entry or remove it. A nested class has a $ in front of its name, as in"
                                + " com.example.Orders$Order",
                        e);
            }
            throw e;
        }
    }

    ActorSystem system() {
        return system;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** The actor system has begun already: beans have subscriptions and tables. */
    @Override
    public void start() {
        if (system.whenTerminated().isCompleted()) {
            throw new IllegalStateException("Actor system " + system.name()
                    + " has ended, and does not begin again: close this application context, and make a new one");
        }
        running = true;
    }

    @Override
    public void stop() {
        throw new UnsupportedOperationException("Spring calls the one with a callback");
    }

    /** Leaves the cluster. Spring waits for it for {@code spring.lifecycle.timeout-per-phase}. */
    @Override
    public void stop(Runnable callback) {
        running = false;
        stopped = true;
        leave().whenComplete((done, failure) -> callback.run());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Spring 7 pauses the contexts of tests while others run; a node that has left does not come back. */
    public boolean isPauseable() {
        return false;
    }

    /** Ends it where the application did not come as far as {@link #start}. */
    @Override
    public void destroy() {
        if (stopped) {
            return;
        }
        Duration longest =
                Duration.ofMillis(CoordinatedShutdown.get(system).totalTimeout().toMillis());
        try {
            var unused = leave().toCompletableFuture().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Actor system {} has not ended in good order", system.name(), e);
        }
    }

    private CompletionStage<Done> leave() {
        return CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason());
    }
}
