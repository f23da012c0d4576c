package dev.gapless.internal;

import dev.gapless.Event;
import dev.gapless.MessageHandler;
import dev.gapless.NodeStatus;
import dev.gapless.Producer;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

public interface Node {
    String name();

    <T> Producer<T> producer(Topic<T> topic);

    <T> Subscription subscribe(Topic<T> topic, StartFrom start, MessageHandler<T> handler);

    <T> Source<Event<T>, Subscription> source(Topic<T> topic, StartFrom start);

    <T> Sink<T, CompletionStage<Done>> sink(Topic<T> topic);

    CompletionStage<List<NodeStatus>> status(Duration timeout);
}
