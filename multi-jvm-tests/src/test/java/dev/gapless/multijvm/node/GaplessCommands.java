package dev.gapless.multijvm.node;

import dev.gapless.Gapless;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import dev.gapless.gateway.GaplessGateway;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;

/** What a node does with Gapless. */
final class GaplessCommands implements Commands {
    /** Short, as nodes that are paused or cut off do not answer, and tests ask for what a node says of itself. */
    private static final Duration STATUS_TIMEOUT = Duration.ofMillis(500);

    private static final long END_SECONDS = 20;

    private final ActorSystem system;
    private final Gapless gapless;
    private final Commands others;
    private final long incarnation = new SecureRandom().nextLong();
    private final Map<String, Publisher> publishers = new ConcurrentHashMap<>();
    private final Map<String, Subscribed> subscriptions = new ConcurrentHashMap<>();

    private record Subscribed(Subscription subscription, Recorder recorder) {}

    GaplessCommands(ActorSystem system, Commands others) {
        this.system = system;
        this.gapless = Gapless.get(system);
        this.others = others;
    }

    @Override
    public Object run(String command, Arguments arguments) throws Exception {
        return switch (command) {
            case "name" -> gapless.nodeName();
            case "publish" ->
                publisher(arguments)
                        .publish(
                                arguments.number("thread", 0),
                                arguments.number("count", 1),
                                arguments.number("size", 100),
                                arguments.flag("cbor"));
            case "publish-from-threads" ->
                publisher(arguments)
                        .publishFromThreads(
                                arguments.number("threads", 1),
                                arguments.number("count", 1),
                                arguments.number("size", 100));
            case "publish-unreadable" -> publisher(arguments).publish(Unreadable.make(1));
            case "publish-unserializable" -> publisher(arguments).publish(new Object());
            case "digest" ->
                publisher(arguments)
                        .digest(Long.parseLong(arguments.text("first")), Long.parseLong(arguments.text("count")));
            case "subscribe" -> subscribe(arguments);
            case "report" -> subscribed(arguments).recorder().report();
            case "token" -> subscribed(arguments).subscription().token().toString();
            case "cancel" ->
                subscribed(arguments)
                        .subscription()
                        .cancel()
                        .toCompletableFuture()
                        .get(END_SECONDS, TimeUnit.SECONDS)
                        .name();
            case "close-gate" -> {
                subscribed(arguments).recorder().gate().close();
                yield "closed";
            }
            case "open-gate" -> {
                subscribed(arguments).recorder().gate().open();
                yield "open";
            }
            case "release-reloads" -> {
                subscribed(arguments).recorder().reloads().release();
                yield "released";
            }
            case "gateway" -> GaplessGateway.start(system).port();
            case "status" ->
                gapless.status(STATUS_TIMEOUT).toCompletableFuture().get(END_SECONDS, TimeUnit.SECONDS);
            default -> others.run(command, arguments);
        };
    }

    private Publisher publisher(Arguments arguments) {
        return publishers.computeIfAbsent(arguments.text("topic"), topic -> new Publisher(gapless, topic, incarnation));
    }

    private String subscribe(Arguments arguments) {
        Recorder recorder = new Recorder(
                arguments.flag("hold-reloads"),
                arguments.number("failed-reloads", 0),
                arguments.flag("skip-undecodable"));
        if (arguments.flag("gate-closed")) {
            recorder.gate().close();
        }
        Subscription subscription = gapless.subscribe(
                Topic.of(arguments.text("topic"), Object.class),
                StartFroms.parse(arguments.text("from", "latest")),
                recorder);
        subscriptions.put(arguments.text("id"), new Subscribed(subscription, recorder));
        subscription.ready().thenAccept(recorder::ready);
        return "subscribed";
    }

    private Subscribed subscribed(Arguments arguments) {
        String id = arguments.text("id");
        Subscribed subscribed = subscriptions.get(id);
        if (subscribed == null) {
            throw new IllegalArgumentException("No subscription " + id);
        }
        return subscribed;
    }
}
