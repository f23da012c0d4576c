package dev.gapless.gateway.internal.client;

import dev.gapless.gateway.internal.json.RequestException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connection of a client. Its methods return at once; whoever calls them calls them one at a time. */
public interface Transport {
    /**
     * Writes a frame. The bytes are not changed until it is written.
     *
     * @param written called once, on any thread: with null when the socket has taken all of it, else with what went wrong
     */
    void send(List<ByteBuffer> frame, Consumer<@Nullable Throwable> written);

    /** Asks the client whether it is there. */
    void ping();

    /** Is what the client sends read now? It is not while a command waits for its answer. Any thread. */
    boolean isReading();

    /** The client may send its next command. */
    void takeCommand();

    /** What the client's command takes is held until then, whether its connection ends before or not. */
    default void hold(CompletionStage<?> until) {}

    /** Answers with that instead of a stream. {@return false if something was sent before, and the protocol has no place for it then} */
    boolean refuse(RequestException refusal);

    /** Ends it in good order, after what was written. */
    void close(Closing closing);

    /** Ends it at once: the client takes nothing, or is gone. */
    void abort(Closing why);

    /** When the socket last took anything, by {@link System#nanoTime}. Any thread. */
    long progressNs();

    /** Where the client is. Any thread. */
    String remote();

    /** {@code websocket} or {@code sse}. Any thread. */
    String protocol();
}
