package dev.gapless.bench.peer;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.delivery.ConsumerController;
import org.apache.pekko.actor.typed.delivery.ProducerController;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** Pekko's reliable delivery, point to point, with its defaults: flow control, and no chunks. A producer for each subscriber. */
final class DeliveryPeer implements Peer {
    private static final String SYSTEM = "bench";

    /** How many messages may wait for a subscriber's demand. */
    private static final int PENDING = 1_024;

    @Override
    public Publisher publisher() {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) {
        return new Listener(receiver);
    }

    private static ActorSystem system() {
        return ActorSystem.create(SYSTEM, ConfigFactory.load("bench-remoting.conf"));
    }

    private static final class Listener implements PeerSide {
        private final ActorSystem system = system();
        private final ActorRef<ConsumerController.Command<byte[]>> controller =
                Adapter.spawn(system, ConsumerController.create(), "controller");

        Listener(Receiver receiver) {
            Behavior<ConsumerController.Delivery<byte[]>> taker = Behaviors.receiveMessage(delivery -> {
                byte[] message = delivery.message();
                receiver.take(message, 0, message.length);
                delivery.confirmTo().tell(ConsumerController.confirmed());
                return Behaviors.same();
            });
            controller.tell(new ConsumerController.Start<>(Adapter.spawn(system, taker, "taker")));
        }

        @Override
        public String address() {
            return ActorRefResolver.get(Adapter.toTyped(system)).toSerializationFormat(controller);
        }

        @Override
        public void connect(String publisher, List<String> subscribers) {
            // the publisher does
        }
    }

    private static final class Sender implements Publisher {
        private final ActorSystem system = system();
        private final List<ToOne> subscribers = new ArrayList<>();

        @Override
        public String address() {
            return "-";
        }

        @Override
        public void connect(String publisher, List<String> addresses) throws Exception {
            for (String address : addresses) {
                subscribers.add(new ToOne(system, "subscriber-" + subscribers.size(), address));
            }
        }

        @Override
        public void publish(byte[] message) throws InterruptedException {
            for (ToOne subscriber : subscribers) {
                subscriber.send(message);
            }
        }

        @Override
        public void flush() {
            // each message is sent at once
        }
    }

    /** A producer for one subscriber. */
    private static final class ToOne {
        private final Semaphore room = new Semaphore(PENDING);
        private final ActorRef<Object> feeder;

        ToOne(ActorSystem system, String name, String address) throws Exception {
            ActorRef<ConsumerController.Command<byte[]>> consumer =
                    ActorRefResolver.get(Adapter.toTyped(system)).resolveActorRef(address);
            // A message that is sent before both are connected may be lost, and is repeated a second later.
            var unused = system.actorSelection(consumer.path())
                    .resolveOne(Patience.CONNECT)
                    .toCompletableFuture()
                    .get(Patience.CONNECT.toMillis(), TimeUnit.MILLISECONDS);
            feeder = Adapter.spawn(system, Behaviors.setup(context -> new Feeder(context, room)), name);
            ActorRef<ProducerController.Command<byte[]>> controller = Adapter.spawn(
                    system, ProducerController.create(byte[].class, name, Optional.empty()), name + "-controller");
            controller.tell(new ProducerController.RegisterConsumer<>(consumer));
            controller.tell(new ProducerController.Start<>(feeder.narrow()));
        }

        void send(byte[] message) throws InterruptedException {
            if (!room.tryAcquire(Patience.PROGRESS.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("a subscriber takes nothing");
            }
            feeder.tell(message);
        }
    }

    /** Hands the messages over, one for each demand. */
    private static final class Feeder extends AbstractBehavior<Object> {
        private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
        private final Semaphore room;
        private @Nullable ActorRef<byte[]> demand;

        Feeder(ActorContext<Object> context, Semaphore room) {
            super(context);
            this.room = room;
        }

        @Override
        public org.apache.pekko.actor.typed.javadsl.Receive<Object> createReceive() {
            return newReceiveBuilder()
                    .onMessage(byte[].class, this::onMessage)
                    .onMessage(ProducerController.requestNextClass(), this::onDemand)
                    .build();
        }

        private Behavior<Object> onMessage(byte[] message) {
            waiting.add(message);
            return send();
        }

        private Behavior<Object> onDemand(ProducerController.RequestNext<byte[]> next) {
            demand = next.sendNextTo();
            return send();
        }

        private Behavior<Object> send() {
            byte[] message = demand == null ? null : waiting.poll();
            if (demand != null && message != null) {
                demand.tell(message);
                demand = null;
                room.release();
            }
            return this;
        }
    }
}
