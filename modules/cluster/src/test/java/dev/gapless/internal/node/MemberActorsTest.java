package dev.gapless.internal.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gapless.core.Gap;
import dev.gapless.core.Session;
import dev.gapless.core.node.Shard;
import dev.gapless.core.wire.AskHistory;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.Message;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class MemberActorsTest {
    private final MemberActors peers = new MemberActors();

    @Test
    void whoIsKnownByAnAddressAloneIsDescribedByTheNodeThatWasThereLast() {
        assertEquals("host:1", peers.described("host:1"));
        peers.name(1, "host:1", "host:1");
        assertEquals("host:1", peers.described("host:1"), "it has said no name");
        peers.name(1, "n1", "host:1");
        peers.remove(1);
        assertEquals("host:1, where node n1 was before", peers.described("host:1"));
        assertEquals("n1", peers.described("n1"));
        peers.name(2, "n2", "host:1");
        assertEquals("host:1, where node n2 was before", peers.described("host:1"));
        assertEquals("unknown", peers.described(null));
        assertEquals("unknown", peers.described(Gap.NOBODY), "of another cluster, or of before a token");
    }

    @Test
    void whatIsOfATopicGoesToItsShardAndEverythingElseToTheNodeActor() {
        TestInbox<Object> node = TestInbox.create();
        List<TestInbox<Object>> shards = List.of(TestInbox.create(), TestInbox.create(), TestInbox.create());
        AskHistory ofNode = new AskHistory(1, 2, 3);
        List<Message> ofTopics = Stream.of("a", "b", "c", "d")
                .<Message>map(topic -> new Deregister(topic, 0, new Session(1, 1)))
                .toList();

        peers.put(2, node.getRef(), List.of());
        ofTopics.forEach(message -> peers.send(2, message));
        assertEquals(ofTopics, node.getAllReceived(), "it has not said yet which shards it has");

        peers.put(2, node.getRef(), shards.stream().map(TestInbox::getRef).toList());
        peers.send(2, ofNode);
        ofTopics.forEach(message -> peers.send(2, message));
        assertEquals(List.of(ofNode), node.getAllReceived());
        for (int i = 0; i < shards.size(); i++) {
            int index = i;
            assertEquals(
                    ofTopics.stream()
                            .filter(message -> Shard.indexOf(message.topic(), shards.size()) == index)
                            .toList(),
                    shards.get(i).getAllReceived());
        }

        peers.remove(2);
        peers.send(2, ofNode);
        assertFalse(node.hasMessages());
    }

    @Test
    void ofTheAddressesTheLatestAreKept() {
        for (int i = 0; i <= 1_000; i++) {
            peers.name(i, "n" + i, "host:" + i);
        }
        assertEquals("host:0", peers.described("host:0"));
        assertEquals("host:1, where node n1 was before", peers.described("host:1"));
    }
}
