package dev.gapless.internal.publish;

import dev.gapless.Held;
import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;
import dev.gapless.PartlyPublished;
import dev.gapless.Producer;
import dev.gapless.Publication;
import dev.gapless.Receipt;
import dev.gapless.Topic;
import dev.gapless.core.Position;
import dev.gapless.core.TraceContext;
import dev.gapless.core.log.Content;
import dev.gapless.internal.measure.Refusal;
import dev.gapless.internal.trace.Tracing;
import dev.gapless.internal.wire.Codec;
import dev.gapless.internal.wire.RoundTrip;
import dev.gapless.internal.wire.Versions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.jspecify.annotations.Nullable;

/** What the application holds of a producer. Thread-safe. */
public final class TopicProducer<T> implements Producer<T> {
    /** Publishes of one stream under way. */
    private static final int MAX_STREAM_PUBLISHES = 1_024;

    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final Topic<T> topic;
    private final ProducerLog local;
    private final Codec codec;
    private final RoundTrip roundTrip;
    private final Tracing tracing;

    public TopicProducer(Topic<T> topic, ProducerLog local, Codec codec, RoundTrip roundTrip, Tracing tracing) {
        this.topic = topic;
        this.local = local;
        this.codec = codec;
        this.roundTrip = roundTrip;
        this.tracing = tracing;
    }

    @Override
    public Topic<T> topic() {
        return topic;
    }

    @Override
    public CompletionStage<Position> publish(T message) {
        return publish(() -> encode(message));
    }

    @Override
    public CompletionStage<Position> publish(String key, T message) {
        return publish(() -> encode(key, message));
    }

    @Override
    public CompletionStage<Position> publish(Publication<? extends T> publication) {
        return publish(() -> given(publication));
    }

    @Override
    public CompletionStage<Held> publish(T message, Receipt receipt, Duration timeout) {
        return publish(() -> encode(message), receipt, timeout);
    }

    @Override
    public CompletionStage<Held> publish(String key, T message, Receipt receipt, Duration timeout) {
        return publish(() -> encode(key, message), receipt, timeout);
    }

    @Override
    public CompletionStage<Held> publish(Publication<? extends T> publication, Receipt receipt, Duration timeout) {
        return publish(() -> given(publication), receipt, timeout);
    }

    @Override
    public CompletionStage<Position> delete(String key) {
        return publish(() -> given(keyed(key, null)));
    }

    @Override
    public CompletionStage<Position> delete(String key, long version) {
        return publish(() -> given(keyed(key, null).withHeader(Versions.HEADER, Long.toString(version))));
    }

    @Override
    public CompletionStage<Position> invalidate(String reason) {
        return encoded(
                () -> {
                    checkGiven("reason", reason);
                    return reason;
                },
                local::invalidate);
    }

    @Override
    public void send(T message) {
        local.send(encode(message));
    }

    @Override
    public void send(String key, T message) {
        local.send(encode(key, message));
    }

    @Override
    public void send(Publication<? extends T> publication) {
        local.send(given(publication));
    }

    /** Publishes what comes in, and emits the positions in this order. */
    public Flow<T, Position, NotUsed> flow() {
        int underWay = Math.min(MAX_STREAM_PUBLISHES, local.settings().maxPendingPublishes());
        return Flow.<T>create().mapAsync(underWay, this::publish);
    }

    private CompletionStage<Position> publish(Supplier<Content> encoding) {
        return encoded(encoding, local::publish);
    }

    private CompletionStage<Held> publish(Supplier<Content> encoding, Receipt receipt, Duration timeout) {
        return encoded(
                () -> {
                    checkAwaited(receipt, timeout);
                    return encoding.get();
                },
                content -> local.publish(content, receipt, timeout));
    }

    /** Publishes what is encoded, or checked, so; the stage fails if that does. */
    private <C, R> CompletionStage<R> encoded(Supplier<C> encoding, Function<C, CompletionStage<R>> publish) {
        C content;
        try {
            content = encoding.get();
        } catch (NotSerializable | MessageTooLarge | IllegalArgumentException e) {
            local.refusals().log(Refusal.of(e), e);
            return CompletableFuture.failedFuture(e);
        }
        return publish.apply(content);
    }

    private void checkAwaited(@Nullable Receipt receipt, @Nullable Duration timeout) {
        checkGiven("receipt", receipt);
        checkGiven("timeout", timeout);
        if (timeout != null && (timeout.isNegative() || timeout.isZero() || timeout.compareTo(LONGEST_WAIT) > 0)) {
            throw refused(new IllegalArgumentException("Topic " + topic.name()
                    + ": a receipt is awaited for more than nothing, and for " + LONGEST_WAIT.toDays()
                    + " days at most, not for " + timeout));
        }
    }

    /** Counts what is not taken. */
    private <E extends RuntimeException> E refused(E why) {
        local.stats().refused(Refusal.of(why));
        return why;
    }

    private Content encode(String key, T message) {
        checkThere(message);
        return given(keyed(key, message));
    }

    private Publication<T> keyed(String key, @Nullable T message) {
        checkGiven("key", key);
        try {
            return new Publication<>(message, key, Map.of(), null);
        } catch (IllegalArgumentException e) {
            throw refused(e);
        }
    }

    private Content given(Publication<? extends T> publication) {
        checkGiven("publication", publication);
        return encode(
                publication.message(), publication.key(), publication.headers(), publication.id(), publication.trace());
    }

    private Content encode(@Nullable T message) {
        checkThere(message);
        return encode(message, null, Map.of(), null, null);
    }

    private Content encode(
            @Nullable Object message,
            @Nullable String key,
            Map<String, String> headers,
            @Nullable String id,
            @Nullable TraceContext named) {
        checkClass(message);
        try {
            Content content = codec.encode(topic.name(), message, key, headers, id, local.settings());
            roundTrip.check(topic, message, content);
            return Codec.traced(content, tracing.published(named), local.settings());
        } catch (NotSerializable | MessageTooLarge | IllegalArgumentException e) {
            throw refused(e);
        }
    }

    /** What the compiler lets through: a raw type, or a cast. */
    private void checkClass(@Nullable Object message) {
        if (message != null && !topic.type().isInstance(message)) {
            throw refused(new IllegalArgumentException("Topic " + topic.name() + " has messages of "
                    + topic.type().getName() + ", and not of "
                    + message.getClass().getName()
                    + ": no subscriber would take it"));
        }
    }

    private void checkThere(@Nullable T message) {
        if (message == null) {
            throw refused(new NotSerializable("Topic " + topic.name() + ": a message must not be null", null));
        }
    }

    private void checkGiven(String what, @Nullable Object argument) {
        if (argument == null) {
            throw refused(
                    new IllegalArgumentException("Topic " + topic.name() + ": the " + what + " must not be null"));
        }
    }

    @Override
    public CompletionStage<List<Position>> publishAll(List<? extends T> messages) {
        return encoded(
                () -> {
                    checkGiven("list of messages", messages);
                    return messages.stream().map(message -> encode(message)).toList();
                },
                this::publishEach);
    }

    private CompletionStage<List<Position>> publishEach(List<Content> contents) {
        List<CompletableFuture<Position>> each = local.publish(contents);
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new))
                .handle((all, failure) -> failure == null
                        ? CompletableFuture.completedFuture(
                                each.stream().map(CompletableFuture::join).toList())
                        : CompletableFuture.<List<Position>>failedFuture(failure(each)))
                .thenCompose(result -> result);
    }

    private Throwable failure(List<CompletableFuture<Position>> each) {
        List<Optional<Position>> positions = each.stream()
                .map(one -> one.handle((position, failure) -> Optional.ofNullable(position))
                        .join())
                .toList();
        Throwable first = each.stream()
                .filter(CompletableFuture::isCompletedExceptionally)
                .map(one -> one.handle((position, failure) -> failure).join())
                .findFirst()
                .orElseThrow();
        long published = positions.stream().filter(Optional::isPresent).count();
        return published == 0
                ? first
                : new PartlyPublished(
                        "Topic " + topic.name() + ": " + published + " of " + each.size() + " messages were published",
                        first,
                        positions);
    }
}
