package dev.gapless.internal.node;

import dev.gapless.Event;
import dev.gapless.EventHandler;
import dev.gapless.GivenUp;
import dev.gapless.Health;
import dev.gapless.Held;
import dev.gapless.NodeStatus;
import dev.gapless.Publication;
import dev.gapless.Receipt;
import dev.gapless.Removed;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Table;
import dev.gapless.TableSource;
import dev.gapless.Topic;
import dev.gapless.Unconfirmed;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.internal.forming.MemberSign;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.measure.SubscriptionStats;
import dev.gapless.internal.measure.TopicMeasure;
import dev.gapless.internal.publish.ProducerLogs;
import dev.gapless.internal.publish.TopicProducer;
import dev.gapless.internal.report.GivenUps;
import dev.gapless.internal.store.LogStores;
import dev.gapless.internal.store.LogStoresProvider;
import dev.gapless.internal.subscribe.ActorRecipient;
import dev.gapless.internal.subscribe.Claims;
import dev.gapless.internal.subscribe.Cue;
import dev.gapless.internal.subscribe.Decoder;
import dev.gapless.internal.subscribe.EventReader;
import dev.gapless.internal.subscribe.EventSource;
import dev.gapless.internal.subscribe.Feedback;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.HandlerRecipient;
import dev.gapless.internal.subscribe.MessageHost;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.Recipient;
import dev.gapless.internal.subscribe.SubscriptionActor;
import dev.gapless.internal.subscribe.SubscriptionHandle;
import dev.gapless.internal.subscribe.SubscriptionHost;
import dev.gapless.internal.subscribe.SubscriptionListener;
import dev.gapless.internal.subscribe.SubscriptionSpec;
import dev.gapless.internal.subscribe.Verified;
import dev.gapless.internal.table.TableHost;
import dev.gapless.internal.table.TableSettings;
import dev.gapless.internal.table.Tables;
import dev.gapless.internal.takeover.StandIns;
import dev.gapless.internal.time.Clock;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.RoundTrips;
import dev.gapless.internal.wire.TopicClasses;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/**
 * Gapless on a member of the cluster: the logs that publishing threads append to, and the {@link NodeActor} with its shards.
 * Thread-safe.
 */
final class RunningNode implements Presence, NodeBackend, MessageHost, TableHost {
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    private final ExtendedActorSystem system;
    private final Settings nodeSettings;
    private final String name;
    private final Codec codec;
    private final RoundTrips roundTrips;
    private final Decoder decoder;
    private final Executor completions;
    private final NodeStats stats;
    private final GivenUps givenUps;
    private final ProducerLogs logs;
    private final ActorRef<Object> nodeActor;
    private final StoreOpening.Begun store;
    private final NamedTokens tokens;
    private final SeedNodes seedNodes;
    private final Cluster cluster;
    private final Removal removal;
    private final TopicClasses classes = new TopicClasses();
    private final Tables tables = new Tables(this);
    private final Concerns concerns = new Concerns(Instant::now);
    private final AtomicLong subscriptions = new AtomicLong();

    RunningNode(ExtendedActorSystem system, Settings settings, Cluster cluster) {
        this.system = system;
        this.nodeSettings = settings;
        String address = SelfAddress.hostPort(cluster.selfAddress());
        this.name = settings.nodeName.isEmpty() ? address : settings.nodeName;
        this.codec = Codec.of(system);
        this.roundTrips = new RoundTrips(codec, settings::roundTrip);
        this.decoder = new Decoder(codec, nodeSettings.sharedMessages);
        this.completions = system.dispatchers().lookup(settings.completionDispatcher);
        var unused = system.dispatchers()
                .lookup(settings.dispatcher); // one that cannot be made keeps the system from starting
        this.stats = new NodeStats(settings.maxMeteredTopics, completions);
        long uid = cluster.selfUniqueAddress().longUid();
        this.logs = new ProducerLogs(
                uid,
                settings::topic,
                settings.maxTopics,
                settings.shards,
                stats,
                completions,
                settings.lossLogInterval);
        this.givenUps = new GivenUps(completions, logs::isClosing);
        boolean standsIn = ClusterMembers.standsIn(cluster.selfMember());
        this.removal = new Removal(system, name, standsIn);
        boolean single = ClusterMembers.isSingle(cluster.selfMember());
        LogStores stores = settings.stores()
                ? LogStoresProvider.find(
                        system,
                        new LogStoresProvider.Owner(settings.clusterId, name, uid, settings.durableTopics(), single))
                : LogStores.NONE;
        stores.takeOver().ifPresent(how -> settings.checkTakeOver(how.after()));
        this.store = StoreOpening.begin(stores, settings);
        if (standsIn) {
            store.checkOpen(); // else it would have nothing to give, and others wait for it
        }
        StandIns standIns = standsIn || single
                ? null
                : stores.takeOver()
                        .map(how -> new StandIns(system, cluster, how, settings.role))
                        .orElse(null);
        logs.speakOf(name, () -> Optional.ofNullable(store.problem().get()));
        this.tokens = new NamedTokens(settings, new OwnTokenStore(system, settings)::of, this::after, Clock.SYSTEM);
        this.nodeActor = spawn(
                NodeActor.create(
                        logs,
                        store,
                        settings,
                        uid,
                        name,
                        settings.otherClusters(address, SeedNodes.of(cluster)),
                        stats,
                        tables,
                        givenUps,
                        removal,
                        standIns,
                        completions),
                "gapless",
                DispatcherSelector.fromConfig("pekko.actor.internal-dispatcher"));
        logs.announceTo(made -> nodeActor.tell(new NodeActor.Produce(made)));
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseBeforeClusterShutdown(), "gapless-leave", this::leave);
        StuckTransport.endWith(system, settings.stuckTransportTimeout);
        Duration readyTimeout = Duration.ofNanos(settings.topic("").readyTimeoutNs()); // that of no topic in particular
        this.cluster = cluster;
        MemberSign.show(system, cluster);
        lookForConcerns();
        this.seedNodes = new SeedNodes(system, cluster, readyTimeout);
    }

    private <M> ActorRef<M> spawn(Behavior<M> behavior, String name, Props props) {
        return Adapter.toTyped(system.systemActorOf(Adapter.props(() -> behavior, props), name));
    }

    /** False if the actor system ends, and its subscriptions with it. */
    @Override
    public boolean after(Duration wait, Runnable what) {
        try {
            system.scheduler().scheduleOnce(wait, what, ExecutionContext.fromExecutor(completions));
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public NodeBackend node() {
        return this;
    }

    @Override
    public Presence replace(@Nullable NodeBackend other) {
        throw new IllegalStateException("Gapless runs on actor system " + system.name() + ", as a node of its cluster:"
                + " a test kit needs one with another pekko.actor.provider, such as local");
    }

    @Override
    public String name() {
        return name;
    }

    // ------------------------------------------------------------------ publishing

    @Override
    public <T> TopicProducer<T> producer(Topic<T> topic) {
        ProducerLogs.checkPublishing(topic.name(), nodeSettings.topic(topic.name()));
        classes.check(topic);
        return new TopicProducer<>(
                topic, logs.hold(topic.name()), codec, roundTrips.of(topic.name()), nodeSettings.tracing);
    }

    @Override
    public <T> CompletionStage<Position> publish(Topic<T> topic, Publication<T> publication) {
        ProducerLogs.checkPublishing(topic.name(), nodeSettings.topic(topic.name()));
        classes.checkKnown(topic);
        CompletionStage<Position> position = logs.publishFor(
                topic.name(),
                log -> new TopicProducer<>(topic, log, codec, roundTrips.of(topic.name()), nodeSettings.tracing)
                        .publish(publication));
        return classes.knows(topic.name())
                ? position
                : position.whenComplete((published, failure) -> {
                    if (failure == null) {
                        classes.check(topic);
                    }
                });
    }

    @Override
    public <T> Flow<T, Position, NotUsed> flow(Topic<T> topic) {
        return producer(topic).flow();
    }

    // ------------------------------------------------------------------ subscribing

    @Override
    public <T> Subscription subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, EventHandler<T> handler) {
        return subscribe(topic, start, settings, new HandlerRecipient<>(nodeSettings.tracing, handler));
    }

    @Override
    public <T, M> Subscription subscribe(
            Topic<T> topic,
            StartFrom start,
            SubscriptionSettings settings,
            ActorRef<M> actor,
            Function<Unconfirmed<T>, ? extends M> wrap) {
        int window = settings.window().orElse(nodeSettings.actorWindow);
        return subscribe(
                topic,
                start,
                settings,
                new ActorRecipient<>(nodeSettings.tracing, actor, Verified.of(system, topic.name(), wrap), window));
    }

    @Override
    public <T> Subscription subscribe(
            Topic<T> topic, StartFrom start, SubscriptionSettings settings, Recipient<T> recipient) {
        SubscriptionHandle handle = handle(topic, start, settings);
        long id = nextSubscription();
        SubscriptionActor.Link link = new SubscriptionActor.Link(settings);
        ActorRef<Cue> actor = spawn(
                SubscriptionActor.create(new SubscriptionSpec<>(topic, settings, id, recipient, handle), this, link),
                "gapless-subscription-" + id,
                DispatcherSelector.fromConfig(nodeSettings.dispatcher));
        SubscriptionListener listener = link.to(actor, handle);
        count(topic.name(), id, handle.stats());
        handle.open(
                start,
                from -> openSubscription(topic.name(), id, from, new Filter(settings), listener),
                listener::refused);
        return handle;
    }

    @Override
    public <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        SubscriptionHost.checkStart(topic.name(), start, nodeSettings.clusterId);
        classes.check(topic);
        settings.name().ifPresent(tokens::check);
        return Source.fromGraph(new EventSource<>(this, topic, start, settings));
    }

    @Override
    public <T> SubscriptionHandle handle(Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        SubscriptionHost.checkStart(topic.name(), start, nodeSettings.clusterId);
        classes.check(topic);
        return new SubscriptionHandle(
                topic.name(),
                start,
                nodeSettings.clusterId,
                completions,
                Clock.SYSTEM,
                settings.name().map(name -> tokens.of(topic.name(), name)).orElse(null));
    }

    @Override
    public long nextSubscription() {
        return subscriptions.incrementAndGet();
    }

    @Override
    public void count(String topic, long id, SubscriptionStats subscription) {
        subscription.begin(id, stats.topic(topic));
    }

    @Override
    public <T> EventReader<T> reader(
            Topic<T> topic, SubscriptionSettings settings, long id, SubscriptionState state, Feedback.Sink feedback) {
        Filter filter = new Filter(settings);
        String clusterId = nodeSettings.clusterId;
        return new EventReader<>(topic, id, state, feedback, filter, decoder, clusterId, Clock.SYSTEM);
    }

    @Override
    public void openSubscription(String topic, long id, StartFrom start, Filter filter, SubscriptionListener listener) {
        if (isClosing()) {
            listener.shutdown(); // the node actor may be gone
            return;
        }
        nodeActor.tell(new NodeActor.Subscribe(topic, id, filter.opening(start), seedNodes.before(listener)));
    }

    @Override
    public void closeSubscription(String topic, long id) {
        nodeActor.tell(new NodeActor.Unsubscribe(topic, id));
    }

    @Override
    public MessageSubscription messages(
            String topic, StartFrom start, Filter filter, String client, boolean concernsOthers, Runnable wake) {
        SubscriptionHost.checkStart(topic, start, nodeSettings.clusterId);
        long id = nextSubscription();
        MessageSubscription opening = new MessageSubscription(
                topic, id, client, Claims.of(start), concernsOthers, this, nodeSettings.clusterId, filter, wake);
        try {
            logs.checkRoomForClients(topic);
        } catch (IllegalStateException e) {
            opening.refused(e);
            return opening;
        }
        count(topic, id, opening.stats());
        openSubscription(topic, id, start, filter, opening);
        return opening;
    }

    @Override
    public Set<String> topics() {
        Set<String> topics = new TreeSet<>(logs.topics());
        topics.addAll(nodeSettings.topics());
        return topics;
    }

    @Override
    public boolean knows(String topic) {
        return classes.knows(topic)
                || logs.isKept(topic)
                || nodeSettings.topics().contains(topic);
    }

    @Override
    public boolean hasPlace(String topic) {
        return logs.has(topic) || knows(topic);
    }

    @Override
    public long ringBytes(String topic) {
        return logs.ringBytes(topic);
    }

    @Override
    public boolean limitRing(String topic, long bytes) {
        return logs.limitRing(topic, bytes);
    }

    @Override
    public CompletionStage<Reached> reached(String topic, Position first, Position last, Duration timeout) {
        return logs.of(topic)
                .reached(first, last, timeout)
                .thenApply(its -> new Reached(
                        its.isComplete(),
                        its.waitingFor(),
                        its.missed().stream()
                                .map(one -> new Missed(one.node(), one.first(), one.count()))
                                .toList(),
                        its.notKnown()));
    }

    @Override
    public CompletionStage<Held> held(String topic, Position first, Position last, Receipt receipt, Duration timeout) {
        return logs.of(topic).held(first, last, receipt, timeout);
    }

    @Override
    public double unacknowledged(String topic) {
        return logs.unacknowledged(topic);
    }

    @Override
    public TopicSettings topicSettings(String topic) {
        return nodeSettings.topic(topic);
    }

    @Override
    public String clusterId() {
        return nodeSettings.clusterId;
    }

    /** What cannot be stored, and why, for people; empty if everything can be. */
    private Optional<String> notStored() {
        return Optional.ofNullable(store.problem().get())
                .or(logs::storeProblem)
                .map(why -> "what is published to durable topics: " + why)
                .or(tokens::problem);
    }

    @Override
    public Optional<String> otherCluster() {
        return stats.otherCluster();
    }

    // ------------------------------------------------------------------ tables

    @Override
    public <T> Table<T> table(Topic<T> topic, TableSource<T> source) {
        return tables.open(topic, source);
    }

    @Override
    public TopicMeasure measure(String topic) {
        return stats.topic(topic);
    }

    @Override
    public TableSettings tableSettings() {
        return nodeSettings.table;
    }

    @Override
    public Clock clock() {
        return Clock.SYSTEM;
    }

    @Override
    public double nextShare() {
        return ThreadLocalRandom.current().nextDouble();
    }

    @Override
    public Executor blocking() {
        return system.dispatchers().lookup(nodeSettings.tableDispatcher);
    }

    @Override
    public Executor listeners() {
        return system.dispatchers().lookup(nodeSettings.dispatcher);
    }

    @Override
    public Executor completions() {
        return completions;
    }

    // ------------------------------------------------------------------ the rest

    @Override
    public void onGivenUp(Consumer<GivenUp> hook) {
        givenUps.tell(hook);
    }

    @Override
    public void onRemoved(Consumer<Removed> hook) {
        removal.tell(hook);
    }

    @Override
    public Health health() {
        Removed removed = removal.removed();
        if (removed != null) {
            return new Health(Health.State.REMOVED, removed.reason());
        } else if (isClosing() || cluster.isTerminated()) {
            return new Health(Health.State.CLOSED, "it has left the cluster, or leaves it");
        }
        MemberStatus status = cluster.selfMember().status();
        boolean isMember = status.equals(MemberStatus.up()) || status.equals(MemberStatus.weaklyUp());
        if (!isMember) {
            return new Health(Health.State.STARTING, "it has not joined the cluster yet: its status is " + status);
        }
        List<Health.Concern> wrong = concerns.of(seen(tables.reports()));
        if (wrong.isEmpty()) {
            return new Health(Health.State.UP, "it is a member of the cluster");
        }
        String what = wrong.stream().map(Health.Concern::what).collect(Collectors.joining("; "));
        boolean isReady = wrong.stream().noneMatch(one -> nodeSettings.outOfServiceOn.contains(one.kind()));
        return new Health(Health.State.DEGRADED, "it is a member of the cluster, but " + what, wrong, isReady);
    }

    private Concerns.Seen seen(Map<String, List<NodeStatus.TableReport>> ofTables) {
        return new Concerns.Seen(stats.otherCluster(), stats.isOutnumbered(), notStored(), givenUps.all(), ofTables);
    }

    /** Also where nobody asks: it is to be known since when something is wrong. Tables know that by themselves. */
    private void lookForConcerns() {
        var unused = after(LOOK_INTERVAL, () -> {
            if (!isClosing()) {
                concerns.look(seen(Map.of()));
                lookForConcerns();
            }
        });
    }

    @Override
    public CompletionStage<List<NodeStatus>> status(Duration timeout) {
        CompletableFuture<List<NodeStatus>> statuses = new CompletableFuture<>();
        nodeActor.tell(new NodeActor.AskStatus(timeout, statuses));
        // The node actor answers in time, unless it is gone.
        return statuses.copy().orTimeout(timeout.toMillis() + 5_000, TimeUnit.MILLISECONDS);
    }

    @Override
    public NodeStats stats() {
        return stats;
    }

    @Override
    public boolean isClosing() {
        return logs.isClosing();
    }

    private CompletionStage<Done> leave() {
        logs.close();
        CompletableFuture<Done> left = new CompletableFuture<>();
        CompletionStage<Void> stored =
                tokens.over(Duration.ofNanos(nodeSettings.topic("").drainTimeoutNs()));
        nodeActor.tell(new NodeActor.Leave(left));
        return left.thenCombine(stored, (done, all) -> done);
    }
}
