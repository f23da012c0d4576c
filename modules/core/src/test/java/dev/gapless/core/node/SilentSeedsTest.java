package dev.gapless.core.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gapless.core.Given;
import dev.gapless.core.HistoryId;
import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.effect.ToShard;
import dev.gapless.core.wire.ClusterProbe;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import dev.gapless.core.wire.HistoryPart;
import dev.gapless.core.wire.NodeMessage;
import dev.gapless.core.wire.Packet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The oldest member of a cluster that has lost others, which listen where they were and say nothing. It looks at the clock each second. */
class SilentSeedsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long GRACE = 10;
    private static final long OLDEST = 11;
    private static final long NEXT = 12;
    private static final long LOST = 13;
    private static final String SEED = "host:3";
    /** Every half grace it is asked whether anybody listens. */
    private static final long ASKED = GRACE / 2;

    private final Set<String> listening = new HashSet<>(Set.of(SEED));
    private final Incarnation oldest = new Incarnation(OLDEST, "host:1");
    private final Incarnation next = new Incarnation(NEXT, "host:2");
    private long nowNs;

    /** A process; what it sends to members arrives at the other one. */
    private final class Incarnation implements Outbox.Carrier {
        final Node node;
        final Outbox outbox = new Outbox();
        final List<Effect> effects = new ArrayList<>();
        HistoryView history = HistoryView.NOTHING;
        boolean dead;

        Incarnation(long uid, String address) {
            OtherClusterSettings others = new OtherClusterSettings(
                    "default", address, Set.of("host:1", "host:2", SEED, "host:4"), true, GRACE * SECOND);
            this.node = new Node(Given.node(uid, "n" + uid, uid, others), Map::of, outbox, now());
        }

        void did(Runnable input) {
            if (!dead) {
                input.run();
                outbox.drain(this);
            }
        }

        void appeared(long uid, String address) {
            did(() -> node.appeared(new Joined(uid, address, "dc", uid), now()));
        }

        @Override
        public void send(long toUid, Packet packet) {
            Incarnation to = toUid == OLDEST ? oldest : toUid == NEXT ? next : this;
            if (to != this && packet instanceof HistoryPart part) {
                to.did(() -> to.node.onMessage(part, now()));
            }
        }

        @Override
        public void carryOut(Effect effect) {
            effects.add(effect);
            if (effect instanceof Effect.SendTo send && listening.contains(send.address())) {
                node.listens(send.address(), now());
            } else if (effect instanceof Effect.TellShards tell && tell.message() instanceof ToShard.Members members) {
                history = members.view().history();
            }
        }

        /** How often people were told. */
        long announced() {
            return effects.stream().filter(Effect.Mute.class::isInstance).count();
        }

        /** How often subscriptions were told. */
        long subscriptionsTold() {
            return Math.max(0, HistoryId.count(history.id()) - 1);
        }

        List<Effect> forPeople() {
            return effects.stream()
                    .filter(effect -> effect instanceof Effect.Mute || effect instanceof Effect.MuteNoMore)
                    .toList();
        }
    }

    private Now now() {
        return new Now(nowNs / 1_000_000, nowNs);
    }

    private void run(long seconds) {
        for (long left = seconds; left > 0; left--) {
            nowNs += SECOND;
            for (Incarnation incarnation : List.of(oldest, next)) {
                incarnation.did(() -> incarnation.node.onTime(now()));
            }
        }
    }

    /** Two that remain, and one at this address that is removed. */
    private void lost(String address) {
        for (Incarnation incarnation : List.of(oldest, next)) {
            incarnation.appeared(OLDEST, "host:1");
            incarnation.appeared(NEXT, "host:2");
            incarnation.appeared(LOST, address);
            incarnation.did(() -> incarnation.node.up(now()));
        }
        run(GRACE);
        removed(LOST);
    }

    private void removed(long uid) {
        for (Incarnation incarnation : List.of(oldest, next)) {
            incarnation.did(() -> incarnation.node.removed(uid, now()));
        }
    }

    private void received(NodeMessage message) {
        oldest.did(() -> oldest.node.onMessage(message, now()));
    }

    private static ClusterProbe word(boolean answer, String clusterId) {
        return new ClusterProbe(99, OLDEST, 0, answer, clusterId, "n99", SEED, 98, "host:98", 1, Set.of(98L, 99L));
    }

    private static final Effect MUTE = new Effect.Mute(SEED, SEED);
    private static final Effect OVER = new Effect.MuteNoMore(SEED, SEED);

    @Test
    @DisplayName(
            "ruleM4: who was lost, and listens for six graces without a word, may be in another cluster: people are told once, and no subscription")
    void toldAfterSixGraces() {
        lost(SEED);
        run(6 * GRACE);
        assertEquals(0, oldest.announced());
        run(ASKED + 1);
        assertEquals(List.of(1L, 0L), List.of(oldest.announced(), next.announced()));
        assertEquals(List.of(0L, 0L), List.of(oldest.subscriptionsTold(), next.subscriptionsTold()));
        assertEquals(List.of(MUTE), oldest.forPeople());
        assertEquals(List.of(SEED + " at " + SEED), oldest.node.silentSeeds());
        assertEquals(List.of(), next.forPeople());
        run(50 * GRACE);
        assertEquals(1, oldest.announced());
        assertEquals(List.of(MUTE), oldest.forPeople());
    }

    @Test
    @DisplayName("ruleM4: nobody is told of who was lost where nobody listens, or where there is no seed node")
    void nobodyListens() {
        listening.clear();
        lost(SEED);
        oldest.appeared(14, "host:77");
        oldest.did(() -> oldest.node.removed(14, now()));
        for (int i = 0; i < 20 * GRACE; i++) {
            run(1);
            oldest.node.listens("host:77", now());
        }
        assertEquals(0, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: who joins is of this cluster, however long it listens before it is up")
    void whoJoinsIsOfThisCluster() {
        lost(SEED);
        run(5 * GRACE);
        oldest.did(() -> oldest.node.joining(15, SEED));
        run(20 * GRACE);
        assertEquals(0, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: nobody is told of who never was a member, or left with a farewell")
    void nobodyWasLost() {
        listening.add("host:4");
        oldest.appeared(OLDEST, "host:1");
        oldest.appeared(LOST, SEED);
        oldest.did(() -> oldest.node.up(now()));
        received(new Farewell(LOST, OLDEST, Map.of()));
        oldest.did(() -> oldest.node.removed(LOST, now()));
        run(20 * GRACE);
        assertEquals(0, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: who never publishes counts, too: others of its cluster may")
    void whoNeverPublishesCounts() {
        oldest.appeared(OLDEST, "host:1");
        oldest.appeared(LOST, SEED);
        oldest.did(() -> oldest.node.up(now()));
        received(new Hello(LOST, OLDEST, "quiet", List.of(1), true, 0, 0, 0, false));
        oldest.did(() -> oldest.node.removed(LOST, now()));
        run(7 * GRACE);
        assertEquals(1, oldest.announced());
        assertEquals(List.of(new Effect.Mute("quiet", SEED)), oldest.forPeople());
    }

    @Test
    @DisplayName(
            "ruleM4: with any word from there, a question or an answer, of whatever cluster, the silence begins anew")
    void aWordBeginsItAnew() {
        lost(SEED);
        for (ClusterProbe word : List.of(word(false, "default"), word(true, "default"), word(false, "blue"))) {
            run(5 * GRACE);
            received(word);
        }
        run(6 * GRACE);
        assertEquals(0, oldest.announced());
        run(ASKED + 1);
        assertEquals(1, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: who stood still may have missed a word: the silence begins anew")
    void aLateTickBeginsItAnew() {
        lost(SEED);
        run(5 * GRACE);
        nowNs += GRACE * SECOND;
        run(6 * GRACE);
        assertEquals(0, oldest.announced());
        run(ASKED + 1);
        assertEquals(1, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: if nobody listens for two graces it is another silence")
    void nobodyListensForAWhile() {
        lost(SEED);
        run(5 * GRACE);
        listening.clear();
        run(3 * GRACE);
        listening.add(SEED);
        run(6 * GRACE);
        assertEquals(0, oldest.announced());
        run(ASKED + 1);
        assertEquals(1, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: one that is missed by a probe is no end of the silence")
    void oneProbeFails() {
        lost(SEED);
        run(3 * GRACE);
        listening.clear();
        run(GRACE);
        listening.add(SEED);
        run(2 * GRACE + ASKED + 1);
        assertEquals(1, oldest.announced());
    }

    @Test
    @DisplayName("ruleM4: a silence of which people were told is over when nobody listens any more: they are told so")
    void peopleAreToldWhenNobodyListens() {
        lost(SEED);
        run(7 * GRACE);
        listening.clear();
        run(2 * GRACE - ASKED - 1);
        assertEquals(List.of(MUTE), oldest.forPeople());
        run(ASKED + 2);
        assertEquals(List.of(MUTE, OVER), oldest.forPeople());
        assertEquals(List.of(), oldest.node.silentSeeds());
        run(20 * GRACE);
        assertEquals(1, oldest.announced());
        assertEquals(0, oldest.subscriptionsTold());
    }

    @Test
    @DisplayName("ruleM4: the same if a word comes from there, and if a member is there: then it is forgotten")
    void overWhenItIsHeard() {
        lost(SEED);
        run(7 * GRACE);
        received(word(true, "blue"));
        assertEquals(List.of(MUTE, OVER), oldest.forPeople());
        run(7 * GRACE);
        oldest.appeared(15, SEED);
        run(20 * GRACE);
        assertEquals(List.of(MUTE, OVER, MUTE, OVER), oldest.forPeople());
    }

    @Test
    @DisplayName("ruleM4: of two that were lost together people are told at once")
    void twoOfOneCluster() {
        listening.add("host:4");
        lost(SEED);
        for (Incarnation incarnation : List.of(oldest, next)) {
            incarnation.appeared(16, "host:4");
        }
        run(GRACE / 2);
        removed(16);
        run(6 * GRACE);
        assertEquals(2, oldest.announced());
        assertEquals(List.of(MUTE, new Effect.Mute("host:4", "host:4")), oldest.forPeople());
    }

    @Test
    @DisplayName("ruleM4: who speaks next begins anew, and tells people, too")
    void whoSpeaksNext() {
        lost(SEED);
        run(7 * GRACE);
        oldest.dead = true;
        next.did(() -> next.node.removed(OLDEST, now()));
        run(6 * GRACE);
        assertEquals(0, next.announced());
        run(ASKED + 1);
        assertEquals(List.of(MUTE), next.forPeople());
    }
}
