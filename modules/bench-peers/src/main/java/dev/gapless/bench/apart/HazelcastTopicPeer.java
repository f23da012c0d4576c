package dev.gapless.bench.apart;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import java.io.IOException;

/** Hazelcast's ReliableTopic: messages are published one by one, and up to 1,000 are read at once. */
final class HazelcastTopicPeer implements Peer {
    @Override
    public Publisher publisher() throws IOException {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws IOException {
        return new Listener(receiver);
    }

    private static final class Sender extends HazelcastNode.Sending {
        private final ITopic<byte[]> topic = member().getReliableTopic(NAME);

        Sender() throws IOException {}

        @Override
        public void publish(byte[] message) {
            takeCredit();
            var unused = topic.publishAsync(message);
        }

        @Override
        public void flush() {
            // each message is published at once
        }
    }

    private static final class Listener extends HazelcastNode.Taking {
        private final Receiver receiver;

        Listener(Receiver receiver) throws IOException {
            this.receiver = receiver;
        }

        @Override
        void listen(HazelcastInstance member) {
            ITopic<byte[]> topic = member.getReliableTopic(NAME);
            var unused = topic.addMessageListener(message -> {
                byte[] bytes = message.getMessageObject();
                receiver.take(bytes, 0, bytes.length);
                confirm();
            });
        }
    }
}
