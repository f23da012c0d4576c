package dev.gapless.core.node;

import static dev.gapless.core.Given.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Given;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToNode;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What nodes say to each other when nothing happens. */
class AtRestTest {
    private static final int NODES = 100;
    private static final int SECONDS = 15;
    private static final Set<String> SEEDS = Set.of("host:1", "host:2", "host:3");

    private final Map<Long, Member> byUid = new TreeMap<>();
    private final Map<String, Integer> sent = new TreeMap<>();
    private long nowNs;

    private final class Member implements Outbox.Carrier {
        final Outbox outbox = new Outbox();
        final Node node;

        Member(long uid) {
            OtherClusterSettings others = new OtherClusterSettings("default", "host:" + uid, SEEDS, true, 10 * SECOND);
            this.node = new Node(Given.node(uid, "n" + uid, uid, others), Map::of, outbox, now());
        }

        void did(Runnable input) {
            input.run();
            outbox.drain(this);
        }

        @Override
        public void send(long toUid, Packet packet) {
            count(packet);
            Member to = byUid.get(toUid);
            if (to != null && packet instanceof NodeMessage message) {
                to.did(() -> to.node.onMessage(message, now()));
            }
        }

        @Override
        public void carryOut(Effect effect) {
            if (effect instanceof Effect.SendTo send) {
                count(send.message());
            }
        }
    }

    private void count(Packet packet) {
        sent.merge(packet.getClass().getSimpleName(), 1, Integer::sum);
    }

    private Now now() {
        return new Now(nowNs / 1_000_000, nowNs);
    }

    private void run(int seconds) {
        for (int i = 0; i < seconds; i++) {
            nowNs += SECOND;
            List.copyOf(byUid.values()).forEach(member -> member.did(() -> member.node.onTime(now())));
        }
    }

    @Test
    @DisplayName(
            "at rest nodes that have nothing to do with each other say nothing, and those that have one ping each once an interval")
    void pingsAlone() {
        List<Joined> joined = new ArrayList<>();
        for (int i = 1; i <= NODES; i++) {
            byUid.put((long) i, new Member(i));
            joined.add(new Joined(i, "host:" + i, "dc", i));
        }
        byUid.values().forEach(member -> joined.forEach(one -> member.did(() -> member.node.appeared(one, now()))));
        byUid.values().forEach(member -> member.did(() -> member.node.up(now())));
        run(SECONDS);
        sent.clear();
        run(SECONDS);
        assertEquals(Map.of(), sent);

        byUid.forEach((own, member) -> byUid.keySet().stream()
                .filter(other -> !other.equals(own))
                .forEach(other -> member.did(() -> member.node.onShard(0, new ToNode.Watch(other), now()))));
        run(SECONDS);
        sent.clear();
        run(SECONDS);
        assertEquals(Map.of("Ping", SECONDS * NODES * (NODES - 1)), sent);
    }
}
