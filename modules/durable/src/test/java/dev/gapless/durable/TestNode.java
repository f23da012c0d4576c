package dev.gapless.durable;

import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.NodeStatus;
import dev.gapless.Producer;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.StoreUnavailable;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.remote.RemoteActorRefProvider;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.FutureConverters;

/** A node of a cluster in this JVM, whose topics are durable. */
final class TestNode implements AutoCloseable {
    static final Duration DEADLINE = Duration.ofSeconds(Integer.getInteger("gapless.deadline.seconds", 30));

    private static final String CONFIG = """
        pekko {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
          logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
          actor.provider = cluster
          remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown.exit-jvm = off
          cluster {
            downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            periodic-tasks-initial-delay = 200ms
            seed-node-timeout = 1s
            jmx.multi-mbeans-in-same-jvm = on
            log-info = off
          }
        }
        gapless.journal.sync = off # processes end here, and no machine
        gapless { durability = journal, cluster-id = test, reload-interval = 0s, reload-jitter = 0s }
        """;

    private final ActorSystem system;

    private TestNode(ActorSystem system) {
        this.system = system;
    }

    /** One that stores below this directory, in a cluster of its own, or in that of another node. */
    static TestNode start(String name, Path directory, @Nullable TestNode other, String config) {
        TestNode node = join(name, directory, other, config);
        Cluster cluster = Cluster.get(node.system);
        await(() -> cluster.selfMember().status().equals(MemberStatus.up()));
        return node;
    }

    /** One that is not up yet. */
    static TestNode join(String name, Path directory, @Nullable TestNode other, String config) {
        ActorSystem system = ActorSystem.create(
                "test",
                ConfigFactory.parseString(config)
                        .withFallback(ConfigFactory.parseString("gapless { node-name = " + name
                                + ", journal.directory = \"" + directory.resolve(name) + "\" }"))
                        .withFallback(ConfigFactory.parseString(CONFIG))
                        .withFallback(ConfigFactory.load()));
        Cluster cluster = Cluster.get(system);
        cluster.join(
                other == null
                        ? cluster.selfAddress()
                        : Cluster.get(other.system).selfAddress());
        return new TestNode(system);
    }

    Gapless gapless() {
        return Gapless.get(system);
    }

    Producer<String> producer(String topic) {
        return gapless().producer(Topic.of(topic, String.class));
    }

    /** How the store of a durable topic does; "none" if there is none. */
    String store() {
        return stores().stream().findFirst().orElse("none");
    }

    /** How the store of each durable topic does. */
    List<String> stores() {
        return get(gapless().status(Duration.ofSeconds(5))).stream()
                .flatMap(status -> status.topics().stream())
                .map(NodeStatus.TopicStatus::producer)
                .filter(producer -> producer != null && producer.store() != null)
                .map(producer -> producer.store().state())
                .toList();
    }

    /** Publishes until that has worked: how long a store takes to open is not known. */
    void publishOnceOpen(String topic, String text) {
        await(() -> {
            try {
                return get(producer(topic).publish(text)).sequence() > 0;
            } catch (CompletionException e) {
                if (e.getCause() instanceof StoreUnavailable) {
                    return false;
                }
                throw e;
            }
        });
    }

    /** What a subscription gets: messages, for each gap its reason, and how it ended. */
    static final class Received implements MessageHandler<String> {
        final List<String> events = new CopyOnWriteArrayList<>();
        private @Nullable Subscription subscription;
        /** What its reloads come to. */
        volatile CompletionStage<Reload> reload = CompletableFuture.completedFuture(Reload.done());

        volatile @Nullable Ended<String> end;

        Subscription subscription() {
            return Objects.requireNonNull(subscription);
        }

        void await(String... expected) {
            try {
                TestNode.await(() -> events.equals(List.of(expected)));
            } catch (AssertionError e) {
                throw new AssertionError("Not " + List.of(expected) + ", but " + events, e);
            }
        }

        void awaitEnd(String reason) {
            TestNode.await(
                    () -> !events.isEmpty() && events.get(events.size() - 1).equals(reason));
        }

        @Override
        public void onMessage(Delivery<String> delivery) {
            String key = delivery.key() == null ? "" : " " + delivery.key();
            String headers = delivery.headers().isEmpty() ? "" : " " + delivery.headers();
            events.add(delivery.isDeleted() ? delivery.key() + " is gone" : delivery.message() + key + headers);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<String> expired) {
            expired.gaps().forEach(gap -> events.add(gap.reason().toString()));
            return reload;
        }

        @Override
        public void onEnded(Ended<String> ended) {
            end = ended;
            events.add(ended.reason().toString());
        }
    }

    Received subscribe(String topic, StartFrom start) {
        Received received = new Received();
        received.subscription = gapless().subscribe(Topic.of(topic, String.class), start, received);
        get(received.subscription().ready());
        return received;
    }

    /** A named one. */
    Received subscribe(String topic, StartFrom start, String name) {
        Received received = open(topic, start, name);
        get(received.subscription().ready());
        return received;
    }

    /** A named one, which is not waited for. */
    Received open(String topic, StartFrom start, String name) {
        Received received = new Received();
        SubscriptionSettings settings = SubscriptionSettings.defaults().named(name);
        received.subscription = gapless().subscribe(Topic.of(topic, String.class), start, settings, received);
        return received;
    }

    /** Host and port of the members, by the view of this node. */
    List<String> members() {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .map(member -> member.address().hostPort())
                .toList();
    }

    /** The nodes for which a member stands in. */
    List<String> stoodInFor() {
        return get(gapless().status(Duration.ofSeconds(5))).stream()
                .filter(NodeStatus::standsIn)
                .map(NodeStatus::node)
                .toList();
    }

    boolean isUp() {
        return Cluster.get(system).selfMember().status().equals(MemberStatus.up());
    }

    long unreachable() {
        return Cluster.get(system).state().getUnreachable().size();
    }

    /** Nothing comes from these, nor goes there; {@code pekko.remote.artery.advanced.test-mode} has to be on. */
    void cutOff(TestNode... others) {
        for (TestNode other : others) {
            cutOff(Cluster.get(other.system).selfAddress());
        }
    }

    /** Nothing comes from there, nor goes there. */
    void cutOff(int port) {
        Address own = Cluster.get(system).selfAddress();
        cutOff(new Address(own.protocol(), own.system(), "127.0.0.1", port));
    }

    @SuppressWarnings("deprecation") // for what it was made there is nothing else yet
    private void cutOff(Address there) {
        ThrottlerTransportAdapter.Direction both; // Java has no name for it
        try {
            both = (ThrottlerTransportAdapter.Direction)
                    Objects.requireNonNull(Class.forName(ThrottlerTransportAdapter.Direction.class.getName() + "$Both$")
                            .getField("MODULE$")
                            .get(null));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Direction.Both", e);
        }
        var cut = new ThrottlerTransportAdapter.SetThrottle(there, both, ThrottlerTransportAdapter.Blackhole$.MODULE$);
        var provider = (RemoteActorRefProvider) ((ExtendedActorSystem) system).provider();
        get(FutureConverters.asJava(provider.transport().managementCommand(cut)));
    }

    /** Has the cluster remove that node, which is not asked. */
    void remove(TestNode gone) {
        String address = Cluster.get(gone.system).selfAddress().hostPort();
        Cluster.get(system).down(Cluster.get(gone.system).selfAddress());
        await(() -> !members().contains(address));
    }

    /** It shuts down by itself. */
    void awaitEnd() {
        get(system.getWhenTerminated());
    }

    boolean hasEnded() {
        return system.getWhenTerminated().toCompletableFuture().isDone();
    }

    /** Leaves in good order. */
    @Override
    public void close() {
        system.terminate();
        get(system.getWhenTerminated());
    }

    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - until > 0) {
                throw new AssertionError("Not within " + DEADLINE);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    static <V> V get(CompletionStage<V> stage) {
        return stage.toCompletableFuture()
                .orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
