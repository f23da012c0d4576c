package dev.gapless.internal.subscribe;

import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.OnFailure;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;

/** A subscription as a stream: reads the feed when there is demand. Each materialization is a subscription of its own. */
public final class EventSource<T> extends AbstractGraphStageWithMaterializedValue<SourceShape<Event<T>>, Subscription> {
    private final SubscriptionHost node;
    private final Topic<T> topic;
    private final StartFrom start;
    private final SubscriptionSettings settings;
    private final Outlet<Event<T>> out = Outlet.create("gapless.out");
    private final SourceShape<Event<T>> shape = SourceShape.of(out);

    public EventSource(SubscriptionHost node, Topic<T> topic, StartFrom start, SubscriptionSettings settings) {
        this.node = node;
        this.topic = topic;
        this.start = start;
        this.settings = settings;
    }

    @Override
    public SourceShape<Event<T>> shape() {
        return shape;
    }

    @Override
    public Pair<GraphStageLogic, Subscription> createLogicAndMaterializedValuePair(Attributes attributes) {
        SubscriptionHandle handle = node.handle(topic, start, settings);
        return Pair.create(new Logic(handle, node.nextSubscription()), handle);
    }

    private static final String TIME = "time";

    /** Runs a {@link SubscriptionLoop}, as the recipient of its events. Demand says that the event before was dealt with. */
    private final class Logic extends TimerGraphStageLogic implements Recipient<T>, SubscriptionLoop.Place {
        private final SubscriptionHandle handle;
        private final long id;
        private final Wakeup wakeup = new Wakeup();
        private final SubscriptionLoop<T> loop;

        @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
        private final AsyncCallback<Cue> cues = createAsyncCallback(this::on);

        /** The number of the event that was pushed last, until there is demand again. */
        private OptionalLong pushed = OptionalLong.empty();
        /** The last event, which waits for demand. */
        private @Nullable Ended<T> last;

        private boolean stopped;

        Logic(SubscriptionHandle handle, long id) {
            super(shape);
            this.handle = handle;
            this.id = id;
            this.loop = new SubscriptionLoop<>(
                    new SubscriptionSpec<>(topic, settings, id, this, handle), node, wakeup, this);
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    onDemand();
                }
            });
        }

        @Override
        public void preStart() {
            SubscriptionListener listener = SubscriptionLink.of(handle, wakeup, cues::invoke, null);
            node.count(topic.name(), id, handle.stats());
            handle.open(
                    start,
                    from -> node.openSubscription(topic.name(), id, from, new Filter(settings), listener),
                    listener::refused);
        }

        private void on(Cue cue) {
            loop.on(cue);
        }

        private void onDemand() {
            OptionalLong before = pushed;
            if (last != null) {
                // the demand for the last event says that the one before was dealt with
                finish(before.isPresent() ? loop.endedBehind(before.getAsLong(), last) : last);
            } else if (before.isPresent()) {
                pushed = OptionalLong.empty();
                loop.on(new Cue.Settled(before.getAsLong(), Outcome.DONE));
            } else {
                loop.read();
            }
        }

        @Override
        public void onTimer(Object timer) {
            loop.on(Cue.Plain.TIME);
        }

        @Override
        public void postStop() {
            stopped = true;
            loop.end(node.isClosing() ? Ended.Reason.SHUTDOWN : Ended.Reason.CANCELLED, null);
        }

        private void finish(Ended<T> ended) {
            push(out, ended);
            complete(out);
        }

        // -------------------------------------------------------------- where the loop runs

        @Override
        public void tell(Cue cue) {
            cues.invoke(cue);
        }

        @Override
        public void tellAfter(Duration wait) {
            scheduleOnce(TIME, wait);
        }

        // -------------------------------------------------------------- its recipient

        @Override
        public int window() {
            return isAvailable(out) ? 1 : 0;
        }

        @Override
        public @Nullable Outcome give(Event<T> event, long number, Receipts receipts) {
            push(out, event);
            pushed = OptionalLong.of(number);
            return null;
        }

        @Override
        public OnFailure failed(Event<T> event, Throwable cause) {
            return OnFailure.STOP; // nothing that a stream was given fails here
        }

        /** At once, also if nobody ever asks for the last event. */
        @Override
        public void ended(Ended<T> ended) {
            last = ended;
            if (!stopped && isAvailable(out)) {
                finish(ended);
            }
        }

        @Override
        public @Nullable ActorRef<?> owner() {
            return null;
        }
    }
}
