package dev.gapless.multijvm.node;

import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.MessageHandler;
import dev.gapless.OnFailure;
import dev.gapless.ProducerLeft;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.Undecodable;
import dev.gapless.core.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** Handles a subscription as an application would, and keeps what it was given: little, however much that is. */
final class Recorder implements MessageHandler<Object> {
    private static final int MAX_VIOLATIONS = 20;

    private final Map<String, StreamRecord> streams = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Gate gate = new Gate();
    private final ReloadGate reloads;
    private final boolean skipUndecodable;
    private long delivered;
    private long handovers;
    private long reloaded;
    private long undecodable;
    private boolean ready;
    private List<String> silent = List.of();
    private String ended;
    private boolean inEvent;

    Recorder(boolean holdReloads, int failedReloads, boolean skipUndecodable) {
        this.reloads = new ReloadGate(holdReloads, failedReloads);
        this.skipUndecodable = skipUndecodable;
    }

    Gate gate() {
        return gate;
    }

    ReloadGate reloads() {
        return reloads;
    }

    @Override
    public void onMessage(Delivery<Object> delivery) throws InterruptedException {
        begin("a message");
        gate.pass();
        synchronized (this) {
            delivered++;
            stream(delivery.node()).delivered(delivery.position(), Content.of(delivery.message()));
        }
        end();
    }

    @Override
    public CompletionStage<Reload> onCursorExpired(CursorExpired<Object> expired) {
        begin("an expiry");
        synchronized (this) {
            handovers++;
        }
        if (expired.gaps().isEmpty()) {
            violation("an expiry without gaps");
        }
        return reloads.begin().whenComplete((reload, failure) -> {
            if (failure == null) {
                passed(expired.gaps());
            }
            end();
        });
    }

    private synchronized void passed(List<Gap> gaps) {
        reloaded++;
        Map<String, List<Gap>> byNode = new TreeMap<>();
        gaps.forEach(gap -> byNode.computeIfAbsent(String.valueOf(gap.node()), n -> new ArrayList<>())
                .add(gap));
        byNode.forEach((node, its) -> stream(node).gaps(its));
    }

    @Override
    public void onProducerLeft(ProducerLeft<Object> left) {
        begin("a leave");
        synchronized (this) {
            stream(left.node()).left(left.position());
        }
        end();
    }

    @Override
    public OnFailure onUndecodable(Undecodable<Object> message) {
        begin("something undecodable");
        synchronized (this) {
            undecodable++;
            stream(message.node()).undecodable(message.position());
        }
        end();
        return skipUndecodable ? OnFailure.SKIP : OnFailure.STOP;
    }

    @Override
    public void onEnded(Ended<Object> end) {
        begin("the end");
        synchronized (this) {
            ended = end.reason().name();
        }
        end();
    }

    synchronized void ready(Ready result) {
        ready = true;
        silent = result.silent().stream().sorted().toList();
    }

    synchronized Report report() {
        Map<String, List<Item>> items = new TreeMap<>();
        streams.forEach((node, stream) -> items.put(node, stream.items()));
        return new Report(
                ready,
                silent,
                delivered,
                items,
                handovers,
                reloaded,
                undecodable,
                gate.isHolding(),
                List.copyOf(violations),
                ended);
    }

    static void add(List<String> violations, String what) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(what);
        }
    }

    /** One event at a time, and none behind the end. */
    private synchronized void begin(String what) {
        if (inEvent) {
            add(violations, what + " while another event was handled");
        }
        if (ended != null) {
            add(violations, what + " behind the end");
        }
        inEvent = true;
    }

    private synchronized void end() {
        inEvent = false;
    }

    private synchronized void violation(String what) {
        add(violations, what);
    }

    private StreamRecord stream(String node) {
        return streams.computeIfAbsent(node, n -> new StreamRecord(n, violations));
    }
}
