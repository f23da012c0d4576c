package dev.gapless.simulation.schedule;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Epoch;
import dev.gapless.core.delivery.Opening;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What applications do: publish, subscribe, take tokens and resume them, read slowly. */
final class ScheduledWork {
    private static final int MOST_SUBSCRIPTIONS = 3;
    private static final int MOST_TOKENS = 8;
    /** Behind so many bursts of messages there is an invalidation. */
    private static final int ONE_IN = 12;
    /** After so many bursts of messages a log may hold less, or more, than before. */
    private static final int LIMIT_ONE_IN = 6;
    /** Long enough before publishing ends for links to be whole. */
    private static final long LAST_NS = 8 * Profile.SECOND;

    private final Schedule schedule;
    private final RandomGenerator random;
    /** Null if nothing is invalidated. */
    private final @Nullable RandomGenerator invalidating;
    /** Null if no log gives way. */
    private final @Nullable RandomGenerator limiting;

    private final List<Taken> tokens = new ArrayList<>();
    private boolean publishing = true;
    private boolean quiet;
    private final Map<NodeProcess, Long> published = new HashMap<>();
    private long farewellNs;
    private long messages;
    private long subscriptions;

    /** A token, what had been given and announced when it was taken, and which incarnations its taker had heard of. */
    private record Taken(CursorToken token, Witness witness, Host host, Heard taker, long stamp) {}

    ScheduledWork(
            Schedule schedule,
            RandomGenerator random,
            @Nullable RandomGenerator invalidating,
            @Nullable RandomGenerator limiting) {
        this.schedule = schedule;
        this.random = random;
        this.invalidating = invalidating;
        this.limiting = limiting;
    }

    void begin() {
        for (Host host : schedule.hosts()) {
            if (host.produces()) {
                publishSometimes(host);
            }
            if (host.consumes()) {
                changeSometimes(host);
            }
        }
        if (schedule.profile().travels()) {
            travel(new SplittableRandom(random.nextLong()), null);
        }
    }

    /** Nothing more is published, and everybody reads as fast as possible. */
    void end() {
        publishing = false;
        quiet = true;
        for (Host host : schedule.hosts()) {
            NodeProcess process = host.process();
            if (process != null) {
                process.subscribers().values().forEach(s -> {
                    s.pace(0);
                    s.freeze(0);
                });
            }
        }
    }

    // ------------------------------------------------------------------ publishing

    private void publishSometimes(Host host) {
        RandomGenerator own = new SplittableRandom(random.nextLong());
        // Of some nobody publishes after what was lost: what shows a loss then is the protocol alone.
        long bad = schedule.profile().badTimesNs();
        long lasts = own.nextInt(3) == 0 ? own.nextLong(bad) : bad + Profile.COMING_BACK_NS;
        publishNext(host, own, schedule.timeline().nowNs() + lasts);
    }

    private void publishNext(Host host, RandomGenerator own, long untilNs) {
        schedule.timeline().after(1 + own.nextLong(2 * schedule.profile().publishGapNs()), () -> {
            if (publishing && schedule.timeline().nowNs() <= untilNs) {
                int burst = 1 + own.nextInt(schedule.profile().burst());
                int padding = own.nextInt(schedule.profile().padding());
                if (mayPublish(host)) {
                    NodeProcess process = Objects.requireNonNull(host.process());
                    process.input(() -> publish(process, burst, padding));
                }
                publishNext(host, own, untilNs);
            }
        });
    }

    /** Publishes so many messages, with so many bytes beside their numbers. */
    void publish(NodeProcess process, int burst, int padding) {
        for (int i = 0; i < burst; i++) {
            messages++;
            Repeats repeats = schedule.repeats();
            if (repeats == null) {
                process.node().publish(messages, padding);
            } else {
                repeats.publish(process, messages, padding);
            }
        }
        if (invalidating != null && invalidating.nextInt(ONE_IN) == 0) {
            schedule.counts().add("publish: invalidation");
            schedule.trace(process.host(), () -> "invalidates");
            process.node().invalidate();
        }
        if (limiting != null && limiting.nextInt(LIMIT_ONE_IN) == 0) {
            limit(process, limiting);
        }
    }

    private void limit(NodeProcess process, RandomGenerator its) {
        boolean isWhole = its.nextBoolean();
        long bytes =
                isWhole ? Long.MAX_VALUE : 1 + its.nextLong(schedule.settings().bufferBytes());
        schedule.counts().add(isWhole ? "log: is whole again" : "log: gives way");
        schedule.trace(process.host(), () -> isWhole ? "may fill its log again" : "gives way, to " + bytes + " bytes");
        process.node().limit(bytes);
    }

    /** Does anybody publish there now? */
    boolean mayPublish(Host host) {
        NodeProcess process = host.process();
        return publishing && process != null && !process.isPaused() && process.mayPublish() && host.mayProduce();
    }

    /** Something is in this process's log. */
    void published(NodeProcess process) {
        published.put(process, schedule.timeline().nowNs());
    }

    /** A reader takes its leave of a producer. */
    void farewell() {
        farewellNs = schedule.timeline().nowNs();
    }

    /** Has it published when every farewell had arrived, or was lost? */
    boolean hasPublishedAtLast(NodeProcess process) {
        long faultsOverNs = schedule.timeline().nowNs() - schedule.timeToRecoverNs() - LAST_NS;
        return published.getOrDefault(process, 0L) > Math.max(farewellNs + Profile.SECOND, faultsOverNs);
    }

    // ------------------------------------------------------------------ subscribing

    /** A process is up: whatever ran on it before is resumed or begun anew. */
    void up(NodeProcess process) {
        if (!quiet && process.host().consumes() && (process.subscribers().isEmpty() || random.nextBoolean())) {
            schedule.timeline()
                    .after(1 + random.nextLong(500 * Profile.MS), () -> process.input(() -> subscribe(process)));
        }
    }

    /** Before it is up an application may subscribe already. */
    void started(NodeProcess process) {
        if (process.host().consumes() && random.nextBoolean()) {
            subscribe(process);
        }
    }

    private void changeSometimes(Host host) {
        schedule.timeline().after(1 + random.nextLong(changesNs()), () -> {
            if (!quiet) {
                NodeProcess process = host.process();
                if (process != null && process.isUp()) {
                    process.input(() -> change(process));
                }
                changeSometimes(host);
            }
        });
    }

    private long changesNs() {
        return (schedule.profile().longHistory() ? 2 : 6) * Profile.SECOND;
    }

    private void change(NodeProcess process) {
        List<Subscriber> all = List.copyOf(process.subscribers().values());
        Subscriber one = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
        int what = random.nextInt(6);
        boolean faults = schedule.profile().faults();
        if (what < 2 && one != null) {
            take(one);
            if (what == 0) {
                schedule.counts().add("subscription: cancelled");
                process.unsubscribe(one);
            }
        } else if (what == 2 && one != null && faults) {
            schedule.counts().add("fault: slow subscription");
            one.pace(random.nextBoolean() ? 0 : random.nextLong(200 * Profile.MS));
        } else if (what == 3 && one != null && faults) {
            schedule.counts().add("fault: frozen subscription");
            one.freeze(schedule.timeline().nowNs() + random.nextLong(12 * Profile.SECOND));
        } else if (all.size() < MOST_SUBSCRIPTIONS) {
            subscribe(process);
        }
    }

    private void subscribe(NodeProcess process) {
        long id = ++subscriptions;
        int how = random.nextInt(5);
        // A process that the others have given up ends soon: nobody takes a token there that was stored behind its end.
        boolean givenUp = schedule.clusters().wasRemoved(process.uid());
        if (how < 2 && !tokens.isEmpty() && !givenUp) {
            resume(process, id, tokens.get(random.nextInt(tokens.size())));
        } else if (how == 2) {
            open(process, new Opening.Earliest(), Witness.earliest(id));
        } else if (how == 3) {
            long sinceMs = schedule.timeline().nowMs() - random.nextLong(10_000);
            open(process, new Opening.Since(sinceMs), Witness.since(id, sinceMs));
        } else {
            open(process, new Opening.Latest(), Witness.latest(id));
        }
    }

    /** Opens one, with a witness of its own. */
    void open(NodeProcess process, Opening opening, LongFunction<Witness> witness) {
        open(process, opening, witness.apply(++subscriptions));
    }

    /** Goes on where the newest token was taken. */
    void resumeNewest(NodeProcess process) {
        if (!tokens.isEmpty() && !schedule.clusters().wasRemoved(process.uid())) {
            resume(process, ++subscriptions, tokens.get(tokens.size() - 1));
        }
    }

    private void open(NodeProcess process, Opening opening, Witness witness) {
        schedule.counts().add("subscription: from " + opening.getClass().getSimpleName());
        schedule.trace(process.host(), () -> "opens " + witness + " " + opening);
        process.subscribe(opening, witness);
    }

    // ------------------------------------------------------------------ tokens

    /** Keeps a token, as an application does that wants to go on after it has ended. */
    void take(Subscriber subscriber) {
        if (subscriber.isToBeTold()) {
            return;
        }
        tokens.add(taken(subscriber));
        if (tokens.size() > MOST_TOKENS) {
            tokens.remove(0);
        }
    }

    private Taken taken(Subscriber subscriber) {
        CursorToken from = subscriber.leaves();
        CursorToken token = CursorToken.parse((from == null ? subscriber.token() : from).toString());
        Witness witness = subscriber.witness();
        schedule.counts().add(subscriber.isReloading() ? "token: taken during a reload" : "token: taken");
        schedule.trace(
                witness,
                () -> "token " + token.entries() + " " + token.historyId() + " at " + token.timeMs() + ", "
                        + witness.describe());
        return new Taken(
                token,
                witness.kept(),
                subscriber.process().host(),
                subscriber.process().heard(),
                schedule.timeline().stamp());
    }

    /** A client with a token comes to a node, seldom stays long enough to catch up, takes its next token and goes on to another node. */
    private void travel(RandomGenerator own, @Nullable Taken last) {
        schedule.timeline().after(1 + own.nextLong(400 * Profile.MS), () -> {
            List<Host> open = schedule.hosts().stream().filter(this::mayComeTo).toList();
            if (quiet) {
                return;
            } else if (open.isEmpty()) {
                travel(own, last);
                return;
            }
            NodeProcess process =
                    Objects.requireNonNull(open.get(own.nextInt(open.size())).process());
            long id = ++subscriptions;
            long stays = own.nextLong((own.nextInt(3) == 0 ? 6_000 : 300) * Profile.MS);
            process.input(() -> {
                if (last == null) {
                    open(process, new Opening.Latest(), Witness.latest(id));
                } else {
                    resume(process, id, last);
                }
            });
            schedule.timeline().after(1 + stays, () -> leave(process, id, own, last));
        });
    }

    private void leave(NodeProcess process, long id, RandomGenerator own, @Nullable Taken last) {
        Subscriber subscriber = process.subscribers().get(id);
        if (quiet) {
            return;
        } else if (subscriber == null || !subscriber.isOpen() || subscriber.isToBeTold() || process.isPaused()) {
            travel(own, last); // with the token that it came with
            return;
        }
        schedule.counts().add("token: of a client that goes on to another node");
        Taken next = taken(subscriber);
        process.input(() -> process.unsubscribe(subscriber));
        travel(own, next);
    }

    private boolean mayComeTo(Host host) {
        NodeProcess process = host.process();
        return host.consumes()
                && process != null
                && process.isUp()
                && !process.isPaused()
                && !schedule.clusters().wasRemoved(process.uid());
    }

    private static String where(Taken taken, NodeProcess process) {
        if (taken.taker() == process.heard()) {
            return "token: resumed in the same incarnation";
        }
        return taken.host() == process.host()
                ? "token: resumed in a later incarnation of its node"
                : "token: resumed on another node";
    }

    private void resume(NodeProcess process, long id, Taken taken) {
        Heard reader = process.heard();
        schedule.counts().add(where(taken, process));
        if (taken.witness().resumptions() >= 3) {
            schedule.counts().add("token: of a token of tokens");
        }
        Witness witness = taken.witness()
                .resumed(
                        id,
                        new Witness.Handover(
                                taken.taker(),
                                taken.stamp(),
                                reader,
                                schedule.timeline().stamp()));
        schedule.trace(
                process.host(),
                () -> "opens " + witness + " " + taken.token().entries() + " "
                        + taken.token().historyId() + " " + witness.describe());
        if (taken.token().isMadeByHand()) {
            schedule.oracle().beginsWithPositions(witness, listed(taken.token()));
        }
        process.subscribe(new Opening.Resume(taken.token()), witness);
    }

    private static Set<Epoch> listed(CursorToken token) {
        return token.entries().stream()
                .filter(entry -> entry.position() != null)
                .map(CursorToken.Entry::epoch)
                .collect(Collectors.toSet());
    }
}
