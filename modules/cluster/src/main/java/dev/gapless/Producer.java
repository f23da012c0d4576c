package dev.gapless;

import dev.gapless.core.Position;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Publishes to a topic from this node. Thread-safe; what one thread publishes is sequenced in that order. There is one
 * producer per topic and node: handles are views of it, and need not be closed.
 *
 * <pre>{@code
 * Producer<Quote> producer = gapless.producer(quotes);
 * producer.publish(new Quote("EURUSD", 1.0834));                       // no key
 * producer.publish("EURUSD", new Quote("EURUSD", 1.0835));             // about this key
 * producer.publish(Publication.of(quote).withHeader("source", "desk 7"));
 * producer.delete("EURUSD");                                           // the key is gone
 * producer.send("EURUSD", new Quote("EURUSD", 1.0835));                // waits, if it must, until it is in the ring
 * }</pre>
 *
 * <p>Messages are serialized on the calling thread. Nothing but {@code send} throws, whatever the arguments: what fails, fails the stage. Stages
 * complete at once, or on {@code gapless.completion-dispatcher}, with the message's position once it is in the ring. Until this node is
 * a member of its cluster (up; weakly up is not enough) they wait for that, in order, and with backpressure for room. They fail with
 * {@link MessageTooLarge}, {@link NotSerializable} (a message that is null, too), {@link ProducerClosed}, and if they wait for too long
 * or too many do, {@link PublishTimeout} or {@link TooManyPending}. To a durable topic they complete once the message is stored, and may
 * fail with {@link StoreUnavailable}, or with {@link PublishUnknown}, after which it may be published: one with an id ({@link Publication#withId}) can be published again. A
 * repeat that says something else fails with {@link IdReused}. They fail with IllegalArgumentException, which names the argument, for a key that is null
 * or too long, for a publication or a list that is null, and for a message that is not of the topic's class. A message that failed otherwise has no position and leaves no hole.
 *
 * @param <T> the type of the messages
 */
public interface Producer<T> {
    /** {@return what it publishes to} */
    Topic<T> topic();

    /**
     * Publishes a message.
     *
     * @param message not null
     * @return its position
     */
    CompletionStage<Position> publish(T message);

    /**
     * Publishes a message about this key.
     *
     * @param key up to 4,096 characters, not null; {@link #publish(Object)} publishes without a key
     * @param message not null
     * @return its position
     */
    CompletionStage<Position> publish(String key, T message);

    /**
     * Publishes a message with its key and headers.
     *
     * @param publication the message, or a tombstone; not null
     * @return its position
     */
    CompletionStage<Position> publish(Publication<? extends T> publication);

    /**
     * Publishes messages, in this order; those of other threads may come in between.
     *
     * @param messages not null, and none of them null
     * @return all positions, in the same order. If one message is too large or cannot be serialized, nothing is published,
     *     and the stage fails with that. From then on each message is accepted or refused by itself: if some are refused, the
     *     stage fails with {@link PartlyPublished} once that is known of each; if all are, with the reason of the first
     */
    CompletionStage<List<Position>> publishAll(List<? extends T> messages);

    /**
     * Publishes a message, and says which nodes have it: with {@code heldBy} it outlives this process. It costs an acknowledgement at once of
     * each node that subscribes.
     *
     * @param message not null
     * @param receipt which nodes are to have it; not null
     * @param timeout how long that is awaited from now on, with the time that the publish itself waits, which it does not cut short; up to a
     *     day
     * @return the message's position, and the nodes. Fails with {@link NotHeld}, which names who does not have it, and why, after this time; or
     *     earlier, of a receipt of all, once nothing more is awaited of any node. Then it is published. Fails with {@link TooManyPending}, and
     *     publishes nothing, if {@code gapless.max-pending-publishes} of this topic wait for a receipt; and as {@link #publish(Object)} does
     */
    CompletionStage<Held> publish(T message, Receipt receipt, Duration timeout);

    /**
     * Publishes a message about this key, like {@link #publish(Object, Receipt, Duration)}.
     *
     * @param key up to 4,096 characters, not null
     * @param message not null
     * @param receipt which nodes are to have it; not null
     * @param timeout how long that is awaited
     * @return its position, and the nodes
     */
    CompletionStage<Held> publish(String key, T message, Receipt receipt, Duration timeout);

    /**
     * Publishes a message with its key and headers, like {@link #publish(Object, Receipt, Duration)}.
     *
     * @param publication the message, or a tombstone; not null
     * @param receipt which nodes are to have it; not null
     * @param timeout how long that is awaited
     * @return its position, and the nodes
     */
    CompletionStage<Held> publish(Publication<? extends T> publication, Receipt receipt, Duration timeout);

    /**
     * Publishes that this key was deleted: a message without content (a tombstone).
     *
     * @param key up to 4,096 characters, not null
     * @return its position
     */
    CompletionStage<Position> delete(String key);

    /**
     * Publishes that this key was deleted, and at which version of its row: a {@link Table} then keeps an older row from coming back that
     * another producer is slow to publish. It goes with the message as header {@code gapless-version}.
     *
     * @param key up to 4,096 characters, not null
     * @param version higher than those of the key's rows before
     * @return its position
     */
    CompletionStage<Position> delete(String key, long version);

    /**
     * Announces that subscribers have missed something of this producer: for state that changed and was not published, since a publish was
     * refused, or somebody changed rows by hand. Whoever subscribes gets a {@link CursorExpired} with reason {@code OVERRUN} behind what it
     * has got by now, also if it is cut off and comes back later; it reloads, and tables read their source. So call it once the change can be
     * read. The ring is given up: what was published before, and has not arrived, is part of the gap, as may be what is published before
     * subscribers were told.
     *
     * <p>It is never refused for want of room, and waits for this node to be up and, if the topic is durable, for its store, for as long
     * as that takes. Calls that come while one waits are one. Each costs every subscriber a reload, at the pace of {@code gapless.reload-interval}.
     *
     * @param reason why, for the log of this node; not null
     * @return its position: {@link Table#reached} waits for it. Fails with {@link ProducerClosed} once this node shuts down, and then nobody is
     *     told: stop changing state before
     */
    CompletionStage<Position> invalidate(String reason);

    /**
     * Publishes a message, and returns once it is in the ring. For a thread that has nothing to do with positions: it costs less than a stage
     * for each message, and with backpressure that thread publishes as fast as consumers take. Where a stage would wait, the calling thread
     * does, for {@code gapless.backpressure-timeout} at most, also if it is interrupted: the interrupt is kept. Not for threads that must not
     * wait, such as those of actors and of handlers: a handler that waits for its own subscription to make room waits for that time.
     *
     * @param message not null
     * @throws RuntimeException what a stage would fail with, see above. Then the message has no position
     */
    void send(T message);

    /**
     * Publishes a message about this key, like {@link #send(Object)}.
     *
     * @param key up to 4,096 characters, not null
     * @param message not null
     */
    void send(String key, T message);

    /**
     * Publishes a message with its key and headers, like {@link #send(Object)}.
     *
     * @param publication the message, or a tombstone; not null
     */
    void send(Publication<? extends T> publication);
}
