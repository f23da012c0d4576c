package dev.gapless.internal.subscribe;

import dev.gapless.CursorExpired;
import dev.gapless.Ended;
import dev.gapless.Event;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.SubscriptionSettings;
import dev.gapless.Topic;
import dev.gapless.core.CursorToken;
import dev.gapless.core.subscription.SubscriptionState;
import dev.gapless.internal.time.Wakeup;
import java.time.Duration;
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
        SubscriptionHandle handle = node.handle(topic, start);
        return Pair.create(new Logic(handle, node.nextSubscription()), handle);
    }

    private record Opened(SubscriptionState state, Feedback.Sink feedback) {}

    private record Ending(Ended.Reason reason, @Nullable Throwable cause) {}

    private static final String RELOAD = "reload";

    private final class Logic extends TimerGraphStageLogic {
        private final SubscriptionHandle handle;
        private final long id;
        private final Wakeup wakeup = new Wakeup();
        private @Nullable SubscriptionLink link;
        private @Nullable EventReader<T> reader;
        private @Nullable Event<T> given;
        private long givenNs;
        private boolean reloading;
        private @Nullable Ending ending;
        private boolean ended;

        Logic(SubscriptionHandle handle, long id) {
            super(shape);
            this.handle = handle;
            this.id = id;
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    emit();
                }
            });
        }

        @SuppressWarnings("serial") // javac warns of lambdas in any package below "internal"; none is ever serialized
        @Override
        public void preStart() {
            AsyncCallback<Opened> opened = createAsyncCallback(this::onOpened);
            AsyncCallback<Boolean> look = createAsyncCallback(always -> onLook());
            AsyncCallback<Ending> end = createAsyncCallback(this::onEnding);
            SubscriptionLink linked = SubscriptionLink.of(handle, wakeup, new SubscriptionLink.Place() {
                @Override
                public void opened(SubscriptionState state, Feedback.Sink feedback) {
                    opened.invoke(new Opened(state, feedback));
                }

                @Override
                public void look() {
                    look.invoke(true);
                }

                @Override
                public void end(Ended.Reason reason, @Nullable Throwable cause) {
                    end.invoke(new Ending(reason, cause));
                }
            });
            link = linked;
            node.openSubscription(topic.name(), id, start, linked);
        }

        private void onOpened(Opened opened) {
            EventReader<T> events = node.reader(topic, settings, id, opened.state(), opened.feedback());
            reader = events;
            handle.opened(events, events::token);
            emitIfAsked();
        }

        private void onLook() {
            wakeup.arrived();
            emitIfAsked();
        }

        private void onEnding(Ending now) {
            if (ending == null) {
                ending = now;
                end(now, handle.token()); // at once, also if nobody ever asks for the last event
                emitIfAsked();
            }
        }

        private void emitIfAsked() {
            if (isAvailable(out)) {
                emit();
            }
        }

        private void emit() {
            EventReader<T> events = reader;
            if (ending != null) {
                finish(ending);
            } else if (events != null) {
                if (given != null) {
                    handle.stats().settled(given, givenNs, false); // the demand says so
                    handle.stats().holds(null);
                    given = null;
                }
                if (reloading) {
                    reloading = false;
                    events.state().reloaded(null); // likewise
                }
                if (handle.isPaused()) {
                    return;
                }
                Event<T> event = events.next();
                if (event != null) {
                    reloading = event instanceof CursorExpired;
                    given = event;
                    givenNs = handle.stats().gives(event);
                    push(out, event);
                } else if (link != null && events.hasMore()) {
                    link.wake();
                } else {
                    events.waitNs().ifPresent(wait -> scheduleOnce(RELOAD, Duration.ofNanos(wait)));
                }
            }
        }

        @Override
        public void onTimer(Object timer) {
            emitIfAsked();
        }

        private void finish(Ending now) {
            push(out, new Ended<>(topic.name(), now.reason(), now.cause(), handle.token()));
            complete(out);
        }

        private void end(Ending now, CursorToken token) {
            if (!ended) {
                ended = true;
                node.closeSubscription(topic.name(), id);
                handle.ended(now.reason(), token, now.cause());
            }
        }

        @Override
        public void postStop() {
            Ended.Reason reason = node.isClosing() ? Ended.Reason.SHUTDOWN : Ended.Reason.CANCELLED;
            end(new Ending(reason, null), handle.token());
        }
    }
}
