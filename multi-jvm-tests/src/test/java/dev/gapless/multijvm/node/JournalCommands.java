package dev.gapless.multijvm.node;

import dev.gapless.Gapless;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/** Traffic of which everything is written down, for a checker that reads nothing else. */
final class JournalCommands implements Commands {
    private static final long END_SECONDS = 20;

    private final ActorSystem system;
    private final Commands others;
    private final long incarnation = new SecureRandom().nextLong() >>> 1;
    private final Map<String, Subscribed> subscriptions = new ConcurrentHashMap<>();
    private List<JournaledPublisher> publishers = List.of();
    private boolean isUp;
    private boolean isOn = true;
    private Arguments journaled;

    private record Subscribed(Subscription subscription, JournaledSubscriber handler, Arguments arguments) {}

    JournalCommands(ActorSystem system, Commands others) {
        this.system = system;
        this.others = others;
    }

    @Override
    public Object run(String command, Arguments arguments) throws Exception {
        return switch (command) {
            case "journal" -> journal(arguments);
            case "traffic" -> traffic(arguments.flag("on"));
            case "journal-subscribe" -> subscribe(arguments);
            case "journal-ready" ->
                subscribed(arguments)
                        .subscription()
                        .ready()
                        .toCompletableFuture()
                        .isDone();
            case "journal-cancel" ->
                subscribed(arguments)
                        .subscription()
                        .cancel()
                        .toCompletableFuture()
                        .get(END_SECONDS, TimeUnit.SECONDS)
                        .name();
            case "delay" -> {
                subscribed(arguments).handler().delay(arguments.number("ms", 0));
                yield subscribed(arguments).handler().delayed();
            }
            case "freeze" -> {
                subscribed(arguments).handler().gate().close();
                yield "closed";
            }
            case "thaw" -> {
                subscribed(arguments).handler().gate().open();
                yield "open";
            }
            case "frozen" -> subscribed(arguments).handler().gate().isHolding();
            default -> others.run(command, arguments);
        };
    }

    /** Begins to write down who is a member, and publishes to these topics as soon as this node is one; or at once, if early. */
    private synchronized String journal(Arguments arguments) {
        journaled = arguments;
        Gapless gapless = Gapless.get(system);
        Cluster cluster = Cluster.get(system);
        String address = cluster.selfAddress().host().get()
                + ':'
                + cluster.selfAddress().port().get();
        String directory = arguments.text("directory");
        String its = Long.toHexString(incarnation);
        Journal members = new Journal(directory, "members-" + gapless.nodeName() + "-" + its);
        members.timed(
                "members",
                gapless.nodeName(),
                address,
                its,
                cluster.selfUniqueAddress().longUid());
        publishers = Arrays.stream(arguments.text("topics").split(",", -1))
                .map(topic -> new JournaledPublisher(
                        gapless, topic, address, incarnation, directory, arguments.number("largest-burst", 1)))
                .toList();
        MembersJournal.start(system, members, this::up);
        if (arguments.flag("early")) {
            up();
        }
        return its;
    }

    private synchronized void up() {
        isUp = true;
        if (isOn) {
            publishers.forEach(JournaledPublisher::start);
        }
    }

    /** Publishes, or stops and waits until all that was begun has a position or has failed. */
    private synchronized String traffic(boolean on) throws InterruptedException {
        isOn = on;
        if (on && isUp) {
            publishers.forEach(JournaledPublisher::start);
        }
        for (JournaledPublisher publisher : on ? List.<JournaledPublisher>of() : publishers) {
            publisher.stop();
        }
        return on ? "on" : "off";
    }

    private String subscribe(Arguments arguments) {
        Gapless gapless = Gapless.get(system);
        String id = arguments.text("id");
        String topic = arguments.text("topic");
        String from = arguments.text("from");
        Journal journal = new Journal(arguments.text("directory"), "subscription-" + id);
        journal.timed(
                "subscription",
                id,
                topic,
                gapless.nodeName(),
                Long.toHexString(incarnation),
                arguments.text("source", "-"),
                arguments.number("token", 0));
        JournaledSubscriber handler = new JournaledSubscriber(journal);
        String name = arguments.text("name", "");
        SubscriptionSettings usual = SubscriptionSettings.defaults();
        Subscription subscription = gapless.subscribe(
                Topic.of(topic, Object.class),
                StartFroms.parse(from),
                name.isEmpty() ? usual : usual.named(name),
                handler);
        subscription.ready().thenAccept(handler::ready);
        subscriptions.put(id, new Subscribed(subscription, handler, arguments));
        return "subscribed";
    }

    /** Publishes as the incarnation before did, and makes its subscriptions again, each with the token that its handler had kept. */
    void goOn(JournalCommands before) {
        if (before.journaled == null) {
            return;
        }
        synchronized (this) {
            isOn = before.end();
            journal(before.journaled);
        }
        before.subscriptions.forEach((id, subscribed) -> {
            JournaledSubscriber.Kept kept = subscribed.handler().kept();
            subscribe(Arguments.of("directory", before.journaled.text("directory"))
                    .and("topic", subscribed.arguments().text("topic"))
                    .and("id", id + "-again")
                    .and("from", kept == null ? "latest" : kept.token())
                    .and("source", kept == null ? "-" : id)
                    .and("token", kept == null ? 0 : kept.number()));
        });
    }

    /** Nothing is published any more; says whether it was until now. */
    private synchronized boolean end() {
        boolean wasOn = isOn;
        try {
            traffic(false);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return wasOn;
    }

    private Subscribed subscribed(Arguments arguments) {
        Subscribed subscribed = subscriptions.get(arguments.text("id"));
        if (subscribed == null) {
            throw new IllegalArgumentException("No subscription " + arguments);
        }
        return subscribed;
    }
}
