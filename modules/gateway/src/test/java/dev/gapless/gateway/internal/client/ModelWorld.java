package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.ConfigFactory;
import dev.gapless.StartFrom;
import dev.gapless.core.log.Format;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.access.Caller;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import dev.gapless.internal.subscribe.Claims;
import dev.gapless.internal.subscribe.Filter;
import dev.gapless.internal.subscribe.MessageHost;
import dev.gapless.internal.subscribe.MessageSubscription;
import dev.gapless.internal.subscribe.SubscriptionHost;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A gateway's clients, the topics that they read, and all that happens to them by one seed. */
final class ModelWorld {
    private static final int STEPS = 250;
    private static final List<String> TOPICS = List.of("a", "b");
    private static final int MOST_CLIENTS = 4;

    /** What happened in all seeds: a law that never met a gap says nothing. */
    static final class Seen {
        long events;
        long gaps;
        long left;
        long tokens;
        long changes;
        long refused;
        long stuck;
        long again;

        void check() {
            for (long count : new long[] {events, gaps, left, tokens, changes, refused, stuck, again}) {
                assertTrue(count > 100, this::toString);
            }
        }

        @Override
        public String toString() {
            return "events " + events + ", gaps " + gaps + ", left " + left + ", tokens " + tokens + ", changes "
                    + changes + ", refused " + refused + ", stuck " + stuck + ", again " + again;
        }
    }

    private record Open(String topic, MessageSubscription subscription, PlacesSubscription state) {}

    private final Random random;
    private final Seen seen;
    private final Map<String, ModelTopic> topics = new HashMap<>();
    private final Deque<Runnable> turns = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final Map<Long, Open> open = new TreeMap<>();
    private final Set<Long> opening = new java.util.TreeSet<>();
    private final List<ModelClient> connected = new ArrayList<>();
    private final List<ModelClient> away = new ArrayList<>();
    private final Common common;
    private final Clients clients;
    private long subscriptions;

    ModelWorld(long seed, Format format, PayloadJson payloads, Seen seen) {
        this.random = new Random(seed);
        this.seen = seen;
        TOPICS.forEach(topic -> topics.put(topic, new ModelTopic(topic, format, random)));
        GatewaySettings settings = new GatewaySettings(ConfigFactory.parseString("gapless.gateway { max-clients = "
                        + MOST_CLIENTS + ", per-ip-limit = 3, batch-events = " + (1 + random.nextInt(5)) + " }")
                .withFallback(ConfigFactory.load()));
        this.common = new Common(
                settings,
                new Access(new GatewaySettings(ConfigFactory.load()).access, Runnable::run),
                host(),
                "n1",
                "g1",
                null,
                payloads,
                new SharedJson(random.nextBoolean() ? 0 : 1 << 20, Budget.unbounded()),
                null,
                random.nextBoolean()
                        ? new Unsent(1 << 20, 8 << 10, Duration.ofDays(1), Budget.unbounded())
                        : new Unsent(
                                1 + random.nextInt(4_000),
                                0,
                                Duration.ofDays(1),
                                Budget.unbounded()), // each message waits for room
                Budget.unbounded(),
                turns::add,
                (after, what) -> timers.add(what),
                new Sent(),
                new Tally());
        this.clients = new Clients(common);
    }

    void later(Runnable what) {
        turns.add(what);
    }

    // ------------------------------------------------------------------ the node

    private MessageHost host() {
        return (MessageHost) Proxy.newProxyInstance(
                MessageHost.class.getClassLoader(), new Class<?>[] {MessageHost.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "clusterId" -> "c";
                        case "messages" -> subscribe((SubscriptionHost) self, arguments);
                        case "closeSubscription" -> {
                            closed((Long) arguments[1]);
                            yield null;
                        }
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
    }

    private MessageSubscription subscribe(SubscriptionHost self, Object[] arguments) {
        String topic = (String) arguments[0];
        StartFrom start = (StartFrom) arguments[1];
        long id = ++subscriptions;
        var made = new MessageSubscription(
                topic, id, "client", Claims.of(start), false, self, "c", (Filter) arguments[2], (Runnable)
                        arguments[5]);
        opening.add(id);
        later(() -> {
            if (opening.remove(id)) {
                PlacesSubscription state = topics.get(topic).open(start);
                open.put(id, new Open(topic, made, state));
                made.opened(state, feedback -> later(() -> give(id)));
                later(() -> made.ready(Set.of()));
            }
        });
        return made;
    }

    /** It may want what is not here. */
    private void give(long id) {
        Open one = open.get(id);
        if (one != null && topics.get(one.topic()).give(one.state())) {
            one.subscription().wake();
        }
    }

    private void closed(long id) {
        opening.remove(id);
        Open was = open.remove(id);
        if (was != null) {
            assertEquals(0, was.state().violations());
        }
    }

    private void news(String topic) {
        List.copyOf(open.values()).stream()
                .filter(one -> one.topic().equals(topic))
                .forEach(one -> one.subscription().wake());
    }

    // ------------------------------------------------------------------ what happens

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    void run() {
        for (int i = 0; i < STEPS; i++) {
            step();
            for (int turn = random.nextInt(6); turn > 0 && !turns.isEmpty(); turn--) {
                turns.remove().run();
            }
        }
        end();
    }

    private void step() {
        int what = random.nextInt(100);
        if (what < 25) {
            produce();
        } else if (what < 35) {
            connect();
        } else if (connected.isEmpty()) {
            return;
        } else if (what < 70) {
            ModelClient one = any(connected);
            if (one.isBusy()) {
                one.takes();
                leaves(one);
            }
        } else if (what < 85) {
            command(any(connected));
        } else if (what < 89) {
            ModelClient one = any(connected);
            one.breaks(random.nextBoolean());
            leaves(one);
        } else if (what < 91) {
            ModelClient one = any(connected);
            one.told = true;
            one.client.close(random.nextBoolean() ? Closing.RESTART : Closing.ASKED_FOR);
        } else if (what < 93) {
            ModelClient one = any(connected);
            boolean busy = one.isBusy();
            one.client.checkLiveness(System.nanoTime() + Duration.ofSeconds(100).toNanos());
            assertTrue(one.over || !busy, "who takes nothing is disconnected");
            assertTrue(!one.over || busy || one.told, "and nobody else");
            seen.stuck += busy ? 1 : 0;
            leaves(one);
        } else if (!timers.isEmpty()) {
            timers.remove(random.nextInt(timers.size())).run();
        }
    }

    private void leaves(ModelClient one) {
        if (one.over && connected.remove(one)) {
            one.views.values().removeIf(view -> !view.begun);
            away.add(one);
        }
    }

    private void produce() {
        String name = any(TOPICS);
        ModelTopic topic = topics.get(name);
        String node = any(ModelTopic.NODES);
        int what = random.nextInt(40);
        if (what == 0) {
            topic.restart(node);
        } else if (what == 1) {
            topic.leave(node);
        } else if (what == 2) {
            topic.miss(node, 1 + random.nextInt(10));
        } else {
            topic.publish(node, 1 + random.nextInt(random.nextInt(8) == 0 ? 40 : 6));
        }
        news(name);
    }

    private ModelView.Wanted wanted() {
        return new ModelView.Wanted(
                random.nextInt(3) == 0 ? Set.of(any(ModelTopic.NODES)) : Set.of(),
                random.nextInt(3) == 0 ? Set.of("k" + random.nextInt(3)) : Set.of());
    }

    private static Filter filter(ModelView.Wanted wanted) {
        return TopicFilter.of(wanted.filter(), Caller.anybody(""));
    }

    private String onLag() {
        return any(List.of("resync", "resync", "pause", "close"));
    }

    private void connect() {
        Clients.Admission admission;
        try {
            admission = clients.admit(Caller.anybody("10.0.0." + random.nextInt(2)));
        } catch (RequestException e) {
            seen.refused++;
            return;
        }
        ModelClient before = !away.isEmpty() && random.nextInt(4) > 0 ? away.remove(random.nextInt(away.size())) : null;
        boolean sse = before == null ? random.nextBoolean() : before.sse;
        Map<String, ModelView> views = before == null ? new HashMap<>() : before.views;
        views.values().forEach(ModelView::reconnects);
        ModelClient one = new ModelClient(this, sse, views);
        one.client = clients.open(
                admission, one, sse ? new SseFraming(common, random.nextBoolean()) : new WebSocketFraming(common));
        connected.add(one);
        if (!sse) {
            one.client.start(List.of());
            one.resumes.addAll(views.keySet());
            return;
        }
        String topic = views.isEmpty() ? any(TOPICS) : views.keySet().iterator().next();
        StartFrom start = StartFrom.latest();
        if (views.isEmpty()) {
            views.put(topic, new ModelView(topics.get(topic), wanted(), onLag(), seen));
        } else {
            start = common.start(text(views.get(topic).from(random.nextBoolean())), topic);
            seen.again++;
        }
        ModelView view = views.get(topic);
        one.client.start(List.of(
                new SubscribeRequest(topic, start, filter(view.wanted), OnLag.parse(view.onLag), Long.MAX_VALUE)));
    }

    private static String text(JsonNode from) {
        return from.isTextual() ? from.textValue() : from.toString();
    }

    private void command(ModelClient one) {
        if (one.sse || !one.mayCommand || one.isUnsubscribing || !one.asked.isEmpty()) {
            return;
        }
        if (!one.resumes.isEmpty()) {
            resume(one);
            return;
        }
        String topic = any(TOPICS);
        ModelView view = one.views.get(topic);
        ObjectNode command = PayloadJson.JSON.createObjectNode().put("topic", topic);
        int what = random.nextInt(10);
        if (view == null) {
            ModelView.Wanted wanted = wanted();
            view = new ModelView(topics.get(topic), wanted, onLag(), seen);
            one.views.put(topic, view);
            command.put("type", "Subscribe").put("on_lag", view.onLag).put("ids", random.nextBoolean());
            command.set("filter", wanted.filter());
            one.says(command);
        } else if (view.paused && view.isToldAgain()) {
            return; // its Resume would cross with that
        } else if (view.paused && what < 6) {
            view.resumes();
            one.says(command.put("type", "Resume"));
        } else if (what < 7) {
            ModelView.Wanted wanted = wanted();
            one.asked.put(topic, wanted);
            command.put("type", "Subscribe").set("filter", wanted.filter());
            one.says(command);
            seen.changes++;
        } else if (what == 7) {
            one.isUnsubscribing = true;
            one.says(command.put("type", "Unsubscribe"));
        } else {
            one.says(PayloadJson.JSON.createObjectNode().put("type", "Ping"));
        }
    }

    private void resume(ModelClient one) {
        String topic = one.resumes.remove();
        ModelView view = one.views.get(topic);
        ObjectNode command = PayloadJson.JSON
                .createObjectNode()
                .put("type", "Subscribe")
                .put("topic", topic)
                .put("on_lag", view.onLag);
        command.set("filter", view.wanted.filter());
        command.set("from", view.from(random.nextBoolean()));
        one.says(command);
        seen.again++;
    }

    // ------------------------------------------------------------------ the end

    /** Everybody takes what comes, and reloads, until there is nothing more. */
    private void end() {
        for (boolean more = true; more; ) {
            more = false;
            while (!turns.isEmpty()) {
                turns.remove().run();
            }
            for (ModelClient one : List.copyOf(connected)) {
                if (one.isBusy()) {
                    one.takes();
                    more = true;
                } else if (one.mayCommand && !one.resumes.isEmpty()) {
                    resume(one);
                    more = true;
                } else if (one.mayCommand && one.views.values().stream().anyMatch(view -> view.paused)) {
                    reload(one);
                    more = true;
                }
                leaves(one);
            }
            more |= !turns.isEmpty();
        }
        for (ModelClient one : connected) {
            assertTrue(one.sse || one.mayCommand, "a command waits for ever");
            one.views.values().stream()
                    .filter(view -> !one.sse || !view.paused) // a stream cannot say that it has reloaded
                    .forEach(ModelView::checkTheEnd);
        }
        List.copyOf(connected).forEach(one -> one.breaks(false));
        while (!turns.isEmpty()) {
            turns.remove().run();
        }
        assertEquals(0, clients.size());
        assertEquals(0, common.unsent().bytes(), "what was under way is given back");
        assertTrue(clients.all().isEmpty());
        assertTrue(open.isEmpty() && opening.isEmpty(), "a subscription of a client that is gone");
        for (int i = 0; i < 3; i++) {
            clients.admit(Caller.anybody("10.0.0.0"));
        }
        clients.admit(Caller.anybody("10.0.0.1"));
    }

    private void reload(ModelClient one) {
        one.views.forEach((topic, view) -> {
            if (view.paused && one.mayCommand) {
                view.resumes();
                one.says(PayloadJson.JSON.createObjectNode().put("topic", topic).put("type", "Resume"));
            }
        });
    }
}
