package dev.gapless.multijvm.bench;

import dev.gapless.NodeStatus;
import dev.gapless.multijvm.node.Arguments;
import dev.gapless.multijvm.node.Json;
import dev.gapless.multijvm.node.Members;
import dev.gapless.multijvm.node.Published;
import dev.gapless.multijvm.node.TestNodeMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One node of a {@link TestCluster}: a JVM, the proxy in front of it, and what a test can have it do. */
public final class TestNode implements AutoCloseable {
    private static final char STOPPED = 'T';
    private static final int KILLED = 128 + 9;

    private final TestCluster cluster;
    private final NodeKind kind;
    private final List<String> jvmOptions;
    private final Path directory;
    private volatile NodeSettings settings;
    private volatile LinkProxy proxy;
    private volatile Conversation conversation;
    private volatile JvmProcess process;

    TestNode(
            TestCluster cluster,
            NodeSettings settings,
            LinkProxy proxy,
            NodeKind kind,
            List<String> jvmOptions,
            Path directory) {
        this.cluster = cluster;
        this.settings = settings;
        this.proxy = proxy;
        this.kind = kind;
        this.jvmOptions = jvmOptions;
        this.directory = directory;
        proxy.start(new InetSocketAddress(settings.bindHost(), settings.port()));
    }

    // ---------------------------------------------------------------------------------------------- its incarnation

    /** One after the other: of two nodes that see nobody else alive only one may form the cluster. */
    void start() {
        start(false);
    }

    private void start(boolean mayForm) {
        synchronized (cluster) {
            startProcess(mayForm);
        }
    }

    private void startProcess(boolean mayForm) {
        try {
            Files.createDirectories(directory);
            Path config = directory.resolve("node.conf");
            Files.writeString(config, settings.text(cluster.seedsOf(this, mayForm)));
            Conversation its = new Conversation(toString());
            conversation = its;
            List<String> classPath = ClassArchive.classPath();
            List<String> options = new ArrayList<>(TestJvm.options(directory.resolve("node.log")));
            options.addAll(jvmOptions);
            process = new JvmProcess(
                    kind == NodeKind.PLAIN ? TestJvm.withoutGapless(classPath) : classPath,
                    options,
                    TestNodeMain.class.getName(),
                    kind == NodeKind.PLAIN ? List.of(config.toString(), "plain") : List.of(config.toString()),
                    directory.resolve("stderr.log"),
                    its);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until its actor system runs; it need not be a member yet. */
    public TestNode awaitStarted() {
        Await.until(this + " has started", this::logTail, () -> {
            if (!process.isAlive() && !conversation.hasStarted()) {
                throw new AssertionError(this + " ended before it had started: " + logTail());
            }
            return conversation.hasStarted();
        });
        return this;
    }

    /** Its actor system runs. */
    public boolean hasStarted() {
        return process.isAlive() && conversation.hasStarted();
    }

    /** Stops the process where it is: SIGSTOP. */
    public void pause() {
        process.signal("STOP");
        Await.until(this + " is stopped", () -> isPaused() || !isAlive());
        if (!isAlive()) {
            throw new IllegalStateException(this + " has ended");
        }
    }

    public boolean isPaused() {
        return process.isAlive() && process.state() == STOPPED;
    }

    /** Lets it go on: SIGCONT. */
    public void resume() {
        process.signal("CONT");
        Await.until(this + " goes on", () -> !isPaused());
    }

    /** Asks the process to end: SIGTERM. */
    public void terminate() {
        process.signal("TERM");
    }

    /** Ends the process without a chance to do anything about it: SIGKILL. */
    public void kill() {
        process.close();
    }

    /** Its process is over, and it was SIGKILL that ended it. */
    public boolean wasKilled() {
        return !process.isAlive() && process.exitStatus() == KILLED;
    }

    /** It is killed, and a new process takes its place. */
    public void killAndRestart() {
        long pid = pid();
        kill();
        if (!wasKilled()) {
            throw new AssertionError(this + " was not ended by SIGKILL");
        }
        restart();
        if (pid() == pid) {
            throw new AssertionError(this + " is the same process");
        }
    }

    /** Starts a new incarnation of it, at the same port and under the same name, and waits until that runs. */
    public TestNode restart() {
        checkEnded();
        start();
        return awaitStarted();
    }

    /** Starts a new incarnation as {@link #restart} does, with further settings for this and later incarnations, as HOCON. */
    public TestNode restart(String further) {
        settings = settings.with(further);
        return restart();
    }

    /** The same for one that forms a cluster of its own if it reaches none of the others. */
    public TestNode restartAsFirstSeed() {
        checkEnded();
        start(true);
        return awaitStarted();
    }

    /** The same at another port, as a container does; nobody listens at the one before. Its links are new ones. */
    public TestNode restartElsewhere() {
        checkEnded();
        LinkProxy before = proxy;
        proxy = new LinkProxy(name());
        settings = settings.at(proxy.port());
        proxy.start(new InetSocketAddress(settings.bindHost(), settings.port()));
        before.close();
        return restart();
    }

    private void checkEnded() {
        if (process.isAlive()) {
            throw new IllegalStateException(this + " is alive");
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Ends its input, at which it ends. */
    void endInput() {
        process.endInput();
    }

    /** Leaves the cluster in good order, once it is up; returns why its actor system ended, when its process has ended. */
    public String leave() {
        Await.value(this + " is up", this::members, m -> m.up().contains(address()));
        call("leave", Arguments.none());
        return awaitEnd();
    }

    /** Waits until its process has ended by itself, and returns why its actor system ended. */
    public String awaitEnd() {
        Await.until(this + " ends", this::logTail, () -> !process.isAlive() && conversation.isOver());
        return conversation.reason();
    }

    /**
     * When actor systems of its process ended that the cluster had removed, by the clock of {@link System#nanoTime}; with {@code
     * multijvm.rejoin = on} the process begins another one by itself.
     */
    public List<Long> ends() {
        return Json.readList(call("ends", Arguments.none()), Long.class);
    }

    /** The names of the files in its directory. */
    public List<String> files() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has logged so far. */
    public String log() {
        try {
            Path log = directory.resolve("node.log");
            Path errors = directory.resolve("stderr.log");
            return (Files.exists(log) ? Files.readString(log) : "")
                    + (Files.exists(errors) ? Files.readString(errors) : "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        proxy.close();
    }

    // ---------------------------------------------------------------------------------------------- what it does

    public String name() {
        return settings.name();
    }

    public String address() {
        return settings.address();
    }

    /** The address at which its process listens, behind the proxy. */
    public String bindHost() {
        return settings.bindHost();
    }

    public TestCluster cluster() {
        return cluster;
    }

    public Members members() {
        return Json.read(call("members", Arguments.none()), Members.class);
    }

    /** Has the cluster remove the member at that address, as a downing provider does. */
    public void down(String address) {
        call("down", Arguments.of("address", address));
    }

    /** Publishes so many messages of 100 bytes, and waits until each has a position. */
    public Published publish(String topic, int count) {
        return publish(Arguments.of("topic", topic).and("count", count));
    }

    public Published publish(Arguments arguments) {
        return Json.read(call("publish", arguments), Published.class);
    }

    /** The same, without waiting for it. */
    public CompletableFuture<Published> publishMeanwhile(String topic, int count) {
        return send("publish", Arguments.of("topic", topic).and("count", count))
                .thenApply(json -> Json.read(json, Published.class));
    }

    /** Subscribes to what is published from now on, under an id that this node has not yet; not waiting for ready. */
    public TestSubscription subscribe(String topic, String id) {
        return subscribe(topic, id, Arguments.none());
    }

    /** Subscribes with further arguments, and waits until it is ready. */
    public TestSubscription subscribeReady(String topic, String id) {
        return subscribe(topic, id).awaitReady();
    }

    public TestSubscription subscribe(String topic, String id, Arguments further) {
        call("subscribe", further.and("topic", topic).and("id", id));
        return new TestSubscription(this, id);
    }

    /** What every member says of itself, asked for here. */
    public List<NodeStatus> status() {
        return Json.readList(call("status", Arguments.none()), NodeStatus.class);
    }

    /** What this node says of one of its topics, once it does. */
    public NodeStatus.TopicStatus status(String topic) {
        return Await.value(this + " has a status of topic " + topic, () -> ownStatus(topic), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<NodeStatus.TopicStatus> ownStatus(String topic) {
        return status().stream()
                .filter(s -> s.node().equals(name()))
                .flatMap(s -> s.topics().stream())
                .filter(t -> t.topic().equals(topic))
                .findFirst();
    }

    /** How this node, producing the topic, sees the feed of a consuming node. */
    public NodeStatus.CursorStatus cursor(String topic, TestNode consumer) {
        return cursors(topic).stream()
                .filter(c -> c.node().equals(consumer.name()) && c.reader() == 0)
                .findFirst()
                .orElseThrow(() -> new AssertionError(this + " has no cursor for " + consumer + " in " + topic));
    }

    public List<NodeStatus.CursorStatus> cursors(String topic) {
        NodeStatus.ProducerStatus producer = status(topic).producer();
        return producer == null ? List.of() : producer.cursors();
    }

    /** How much heap is in use after a collection. */
    public long liveHeapBytes() {
        return Long.parseLong(call("heap", Arguments.none()));
    }

    /** Has it carry out a command, and returns the answer. */
    public String call(String command, Arguments arguments) {
        CompletableFuture<String> answer = send(command, arguments);
        try {
            return answer.orTimeout(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new IllegalStateException(this + ": " + command + " " + arguments, e.getCause());
        }
    }

    /** Has it carry out a command; the answer comes later. */
    public CompletableFuture<String> send(String command, Arguments arguments) {
        return conversation.ask(process, command + " " + arguments);
    }

    @Override
    public String toString() {
        return settings.name() + "@" + settings.port();
    }

    LinkProxy proxy() {
        return proxy;
    }

    NodeSettings settings() {
        return settings;
    }

    private String logTail() {
        String log = log();
        return log.substring(Math.max(0, log.length() - 2_000));
    }
}
