package dev.gapless.bench.peer;

import dev.gapless.AsyncMessageHandler;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.Ended;
import dev.gapless.EventHandler;
import dev.gapless.Gapless;
import dev.gapless.MessageHandler;
import dev.gapless.Ready;
import dev.gapless.Reload;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A subscribing node, some of whose subscriptions take no more than so many messages in a second. */
public final class PacedNode extends ClusterNode implements PeerSide {
    private final List<Pace> paces = new ArrayList<>();
    private final List<Subscription> all = new ArrayList<>();

    public PacedNode() {
        super(GAPLESS);
    }

    @Override
    public void connect(String publisher, List<String> subscribers) throws Exception {
        join(publisher, subscribers.size() + 1);
    }

    /** Opens a subscription for each of them, which takes what comes, and waits until it is ready. */
    public void subscribe(List<Receiver> receivers) throws Exception {
        List<Subscription> opened = new ArrayList<>();
        for (Receiver receiver : receivers) {
            opened.add(open(new Fast(receiver)));
        }
        await(opened);
    }

    /**
     * Opens a subscription for each of them, and waits until it is ready.
     *
     * @param lowest how many messages the first one takes in a second
     * @param highest how many the last one takes; those between them are spread evenly
     */
    public void subscribe(List<Receiver> receivers, double lowest, double highest) throws Exception {
        List<Subscription> opened = new ArrayList<>();
        for (int i = 0; i < receivers.size(); i++) {
            double share = receivers.size() == 1 ? 1 : (double) i / (receivers.size() - 1);
            Pace pace = new Pace(lowest + share * (highest - lowest));
            paces.add(pace);
            opened.add(open(new Slow(receivers.get(i), pace)));
        }
        await(opened);
    }

    /** All take nothing more. */
    public void pause() {
        all.forEach(Subscription::pause);
    }

    /** From now on all take what comes. */
    public void hurry() {
        paces.forEach(Pace::lift);
        all.forEach(Subscription::resume);
    }

    private Subscription open(EventHandler<byte[]> handler) {
        return Gapless.get(system()).subscribe(GaplessPeer.topic(0), StartFrom.latest(), handler);
    }

    private void await(List<Subscription> opened) throws Exception {
        all.addAll(opened);
        for (Subscription one : opened) {
            Ready ready = one.ready().toCompletableFuture().get(Patience.CONNECT.toSeconds(), TimeUnit.SECONDS);
            if (!ready.silent().isEmpty()) {
                throw new IllegalStateException("a subscription got no answer from " + ready.silent());
            }
        }
    }

    private static void take(Delivery<byte[]> delivery, Receiver receiver) {
        byte[] message = Objects.requireNonNull(delivery.message());
        receiver.take(message, 0, message.length);
    }

    private record Fast(Receiver receiver) implements MessageHandler<byte[]> {
        @Override
        public void onMessage(Delivery<byte[]> delivery) {
            take(delivery, receiver);
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            return GaplessPeer.takeGaps(expired, receiver);
        }

        @Override
        public void onEnded(Ended<byte[]> ended) {
            GaplessPeer.takeEnd(ended, receiver);
        }
    }

    private record Slow(Receiver receiver, Pace pace) implements AsyncMessageHandler<byte[]> {
        @Override
        public CompletionStage<?> onMessage(Delivery<byte[]> delivery) {
            take(delivery, receiver);
            return pace.next();
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<byte[]> expired) {
            return GaplessPeer.takeGaps(expired, receiver);
        }

        @Override
        public void onEnded(Ended<byte[]> ended) {
            GaplessPeer.takeEnd(ended, receiver);
        }
    }
}
