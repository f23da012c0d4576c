package dev.gapless.gateway.internal.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the connection of a {@link Client} is at. The arrows are the events, which are methods here: each returns the state that follows.
 *
 * <pre>
 *   CONNECTING ──start──► GREETING ──greeted──► OPEN ───────finished───────► FINISHED
 *       │                    │ │                 │                              ▲ │
 *     close                  │ └──────finished───┼──────────────────────────────┘ │
 *       │                  close               close                            close
 *       ▼                    ▼                   ▼                                ▼
 *   UNWANTED ───start────► LEAVING ◄─────────────┘  LEAVING ──farewell, finished──► CLOSED
 *
 *   each of these ──disconnected, abort──► DISCONNECTED ──released──► RELEASED
 * </pre>
 *
 * <p>{@code start}, {@code close}, {@code disconnected} and {@code abort} come from any thread, {@code start} once and the others any number
 * of times. The first reason to close is the one that counts. {@code greeted}, {@code farewell}, {@code finished} and {@code released} come
 * from the client's turns. Other threads may have moved the state since the turn looked at it: an event that comes too late for that
 * reason changes nothing. Any other event that is not drawn is a defect, which an assertion tells.
 */
sealed interface ClientState {

    /** A turn may write a frame. */
    sealed interface Live extends ClientState {}

    /** Somebody wants the connection to end. It may take so long, and no longer. */
    sealed interface Ending extends ClientState {
        /** The first reason. */
        Closing why();

        /** When it was given, by {@link System#nanoTime}. */
        long sinceNs();
    }

    /** Nothing changes any more, except that a turn gives back what the client held. */
    sealed interface Over extends ClientState {}

    // ------------------------------------------------------------------ states

    /** The connection is not open yet. */
    record Connecting() implements ClientState {
        @Override
        public ClientState start(List<SubscribeRequest> requests) {
            return new Greeting(requests);
        }

        @Override
        public ClientState close(Closing why, long nowNs) {
            return new Unwanted(why, nowNs);
        }
    }

    /** The connection is not open yet, and is to be closed once it is: the gateway stops. */
    record Unwanted(Closing why, long sinceNs) implements Ending {
        @Override
        public ClientState start(List<SubscribeRequest> requests) {
            return new Leaving(why, sinceNs);
        }
    }

    /**
     * It is open, and the client has been told nothing.
     *
     * @param requests what it subscribes to at once
     */
    record Greeting(List<SubscribeRequest> requests) implements Live {
        @Override
        public ClientState greeted() {
            return new Open();
        }

        @Override
        public ClientState close(Closing why, long nowNs) {
            return new Leaving(why, nowNs);
        }

        @Override
        public ClientState finished() {
            return new Finished();
        }
    }

    /** The client is told what there is. */
    record Open() implements Live {
        @Override
        public ClientState close(Closing why, long nowNs) {
            return new Leaving(why, nowNs);
        }

        @Override
        public ClientState finished() {
            return new Finished();
        }
    }

    /** The client is to be told that its connection ends, and why. */
    record Leaving(Closing why, long sinceNs) implements Live, Ending {
        @Override
        public ClientState greeted() {
            return this; // the close came while it was greeted
        }

        @Override
        public ClientState farewell() {
            return new Closed(why, why, sinceNs);
        }

        @Override
        public ClientState finished() {
            return new Closed(Closing.ENDED, why, sinceNs); // the close came too late to be told
        }
    }

    /**
     * The last frame is on its way.
     *
     * @param told what that frame tells: something else than the reason to close if the subscription ended before
     */
    record Closed(Closing told, Closing why, long sinceNs) implements Ending {}

    /** The subscription of a stream has ended by itself, or was refused. The last frame, which tells so, may take its time. */
    record Finished() implements ClientState {
        @Override
        public ClientState close(Closing why, long nowNs) {
            return new Closed(told(), why, nowNs);
        }

        @Override
        public Closing told() {
            return Closing.ENDED;
        }
    }

    /**
     * The connection has ended.
     *
     * @param why as the gateway counts it; null if the client went by itself, or its connection broke
     */
    record Disconnected(@Nullable Closing why) implements Over {
        @Override
        public ClientState greeted() {
            return this;
        }

        @Override
        public ClientState farewell() {
            return this;
        }

        @Override
        public ClientState finished() {
            return this;
        }

        @Override
        public ClientState released() {
            return new Released();
        }
    }

    /** What the client held is given back. */
    record Released() implements Over {}

    // ------------------------------------------------------------------ events; any thread

    /** The connection is open; with what the client subscribes to at once. */
    default ClientState start(List<SubscribeRequest> requests) {
        return this instanceof Over ? this : illegal("start");
    }

    /** The connection is to end. The first reason wins. */
    default ClientState close(Closing why, long nowNs) {
        return this;
    }

    /** The connection has ended. What the client was told before is why. */
    default ClientState disconnected() {
        return this instanceof Over ? this : new Disconnected(told());
    }

    /** The gateway ends the connection at once, for this reason. */
    default ClientState abort(Closing why) {
        return this instanceof Over ? this : new Disconnected(why);
    }

    // ------------------------------------------------------------------ events of a turn

    /** The client is being told that it is connected. */
    default ClientState greeted() {
        return illegal("greeted");
    }

    /** The client is being told that its connection ends. */
    default ClientState farewell() {
        return illegal("farewell");
    }

    /** The client of a stream is being told that the subscription has ended, or is refused. */
    default ClientState finished() {
        return illegal("finished");
    }

    /** What the client held is being given back. */
    default ClientState released() {
        return illegal("released");
    }

    // ------------------------------------------------------------------

    /** The reason that the client was told, or is being told, for the end of its connection; null if it was told none. */
    default @Nullable Closing told() {
        return null;
    }

    private ClientState illegal(String event) {
        assert false : event + " in " + this;
        return this;
    }
}
