package dev.gapless.gateway.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What each event does in each state of a client's connection. */
class ClientStateTest {
    private static final Closing FIRST = Closing.RESTART;
    private static final Closing SECOND = Closing.LAGGED;

    private static final ClientState CONNECTING = new ClientState.Connecting();
    private static final ClientState UNWANTED = new ClientState.Unwanted(FIRST, 1);
    private static final ClientState GREETING = new ClientState.Greeting(List.of());
    private static final ClientState OPEN = new ClientState.Open();
    private static final ClientState LEAVING = new ClientState.Leaving(FIRST, 1);
    private static final ClientState CLOSED = new ClientState.Closed(FIRST, FIRST, 1);
    private static final ClientState FINISHED = new ClientState.Finished();
    private static final ClientState DISCONNECTED = new ClientState.Disconnected(FIRST);
    private static final ClientState RELEASED = new ClientState.Released();

    private static final List<ClientState> ALL =
            List.of(CONNECTING, UNWANTED, GREETING, OPEN, LEAVING, CLOSED, FINISHED, DISCONNECTED, RELEASED);

    /** In all states that are not listed the event is a defect. */
    private static void check(UnaryOperator<ClientState> event, Map<ClientState, ClientState> next) {
        for (ClientState state : ALL) {
            ClientState expected = next.get(state);
            if (expected == null) {
                assertThrows(AssertionError.class, () -> event.apply(state), state::toString);
            } else {
                assertEquals(expected, event.apply(state), state::toString);
            }
        }
    }

    /** In all states that are not listed the event changes nothing. */
    private static void checkAtAnyTime(UnaryOperator<ClientState> event, Map<ClientState, ClientState> next) {
        Map<ClientState, ClientState> all = new LinkedHashMap<>();
        ALL.forEach(state -> all.put(state, next.getOrDefault(state, state)));
        check(event, all);
    }

    @Test
    void aConnectionIsStartedOnceAndACloseThatCameBeforeIsHonouredThen() {
        check(
                state -> state.start(List.of()),
                Map.of(
                        CONNECTING, GREETING,
                        UNWANTED, LEAVING,
                        DISCONNECTED, DISCONNECTED,
                        RELEASED, RELEASED));
    }

    @Test
    void theFirstReasonToCloseWins() {
        checkAtAnyTime(
                state -> state.close(SECOND, 2),
                Map.of(
                        CONNECTING, new ClientState.Unwanted(SECOND, 2),
                        GREETING, new ClientState.Leaving(SECOND, 2),
                        OPEN, new ClientState.Leaving(SECOND, 2),
                        FINISHED, new ClientState.Closed(Closing.ENDED, SECOND, 2)));
    }

    @Test
    void aConnectionThatEndsDoesSoForWhatTheClientWasTold() {
        ClientState byItself = new ClientState.Disconnected(null);
        checkAtAnyTime(
                ClientState::disconnected,
                Map.of(
                        CONNECTING, byItself,
                        UNWANTED, byItself,
                        GREETING, byItself,
                        OPEN, byItself,
                        LEAVING, byItself,
                        CLOSED, new ClientState.Disconnected(FIRST),
                        FINISHED, new ClientState.Disconnected(Closing.ENDED)));
    }

    @Test
    void aStreamThatEndedByItselfEndsForThatThoughItWasToBeClosedAfterwards() {
        ClientState finished = new ClientState.Finished().close(SECOND, 2);
        assertEquals(new ClientState.Disconnected(Closing.ENDED), finished.disconnected());
    }

    @Test
    void aConnectionThatIsAbortedEndsForThatReasonWhateverTheClientWasTold() {
        ClientState stuck = new ClientState.Disconnected(Closing.STUCK);
        checkAtAnyTime(
                state -> state.abort(Closing.STUCK),
                Map.of(
                        CONNECTING, stuck,
                        UNWANTED, stuck,
                        GREETING, stuck,
                        OPEN, stuck,
                        LEAVING, stuck,
                        CLOSED, stuck,
                        FINISHED, stuck));
    }

    @Test
    void whoIsGreetedMayHaveBeenClosedOrDisconnectedMeanwhile() {
        check(
                ClientState::greeted,
                Map.of(
                        GREETING, OPEN,
                        LEAVING, LEAVING,
                        DISCONNECTED, DISCONNECTED));
    }

    @Test
    void whoIsToldWhyMayHaveBeenDisconnectedMeanwhile() {
        check(
                ClientState::farewell,
                Map.of(
                        LEAVING, CLOSED,
                        DISCONNECTED, DISCONNECTED));
    }

    @Test
    void aStreamThatEndsByItselfHasTimeUnlessItWasToBeClosed() {
        check(
                ClientState::finished,
                Map.of(
                        GREETING, FINISHED,
                        OPEN, FINISHED,
                        LEAVING, new ClientState.Closed(Closing.ENDED, FIRST, 1),
                        DISCONNECTED, DISCONNECTED));
    }

    @Test
    void whatIsHeldIsGivenBackOnce() {
        check(ClientState::released, Map.of(DISCONNECTED, RELEASED));
    }

    @Test
    void nothingIsWrittenBeforeTheStartOrBehindTheLastFrame() {
        for (ClientState state : List.of(GREETING, OPEN, LEAVING)) {
            assertInstanceOf(ClientState.Live.class, state);
        }
        for (ClientState state : List.of(CONNECTING, UNWANTED, CLOSED, FINISHED, DISCONNECTED, RELEASED)) {
            assertFalse(state instanceof ClientState.Live, state::toString);
        }
    }
}
