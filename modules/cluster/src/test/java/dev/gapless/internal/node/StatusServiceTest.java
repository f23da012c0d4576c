package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.NodeStatus;
import dev.gapless.internal.measure.NodeStats;
import dev.gapless.internal.wire.StatusMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StatusServiceTest {
    private final List<Object> asked = new ArrayList<>();
    private final StatusService service = new StatusService(
            1,
            "a",
            "host:1",
            false,
            new MemberActors(),
            asked::add,
            NodeStats.none(),
            new WaitingForStore(NodeStats.none(), topic -> {
                throw new AssertionError();
            }),
            Map::of,
            Runnable::run);
    private final CompletableFuture<List<NodeStatus>> statuses = new CompletableFuture<>();

    private void reply(long fromUid, String node) {
        service.onReply(new StatusMessage.Reply(
                1, fromUid, "{\"node\":\"" + node + "\",\"address\":\"\",\"topics\":[],\"truncated\":false}"));
    }

    private List<String> nodes() {
        return statuses.join().stream().map(NodeStatus::node).toList();
    }

    @Test
    void nodesAreToldInTheirNamesOrderOnceAllHaveAnswered() {
        service.ask(Set.of(1L, 2L, 3L), Duration.ofDays(1), statuses);
        reply(3, "c");
        reply(1, "a");
        assertFalse(statuses.isDone());
        reply(2, "b");
        assertEquals(List.of("a", "b", "c"), nodes());
    }

    @Test
    void aNodeWhoseMembersHaveNotSaidTheirNamesAnswersForItself() {
        service.ask(Set.of(), Duration.ofDays(1), statuses);
        assertEquals(List.of(new StatusMessage.Request(1, 1, 1)), asked);
        reply(1, "a");
        assertEquals(List.of("a"), nodes());
    }

    @Test
    void anAnswerThatCannotBeReadIsNoneAndIsNotWaitedFor() {
        service.ask(Set.of(1L, 2L), Duration.ofDays(1), statuses);
        service.onReply(new StatusMessage.Reply(1, 2, "{\"of another version\":"));
        reply(1, "a");
        assertEquals(List.of("a"), nodes());
    }
}
