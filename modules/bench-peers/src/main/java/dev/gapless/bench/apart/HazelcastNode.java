package dev.gapless.bench.apart;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ReliableTopicConfig;
import com.hazelcast.config.RingbufferConfig;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import dev.gapless.bench.peer.Credit;
import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A member of a Hazelcast cluster. The publisher's member has all data; those of the subscribers are lite members. Hazelcast's rings
 * overwrite messages that were not read, so subscribers confirm what they have taken, through a map, and the publisher waits for them.
 */
abstract class HazelcastNode implements PeerSide {
    static final String NAME = "bench";

    /** Of the ring, in messages. */
    private static final int CAPACITY = 65_536;

    /** How many messages may be unconfirmed: half of the ring. */
    private static final int WINDOW = CAPACITY / 2;

    private static final int CONFIRM_EVERY = WINDOW / 8;
    private static final int READ_BATCH = 1_000;
    private static final String CONFIRMED = "confirmed";

    private static HazelcastInstance start(int port, boolean lite, String first) {
        Config config = new Config()
                .setClusterName(NAME)
                .setLiteMember(lite)
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.shutdownhook.enabled", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0");
        for (String ring : List.of(NAME, "_hz_rb_" + NAME)) {
            config.addRingBufferConfig(
                    new RingbufferConfig(ring).setCapacity(CAPACITY).setBackupCount(0));
        }
        config.addReliableTopicConfig(new ReliableTopicConfig(NAME).setReadBatchSize(READ_BATCH));
        config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember(first);
        return Hazelcast.newHazelcastInstance(config);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }

    /** The publisher's. */
    abstract static class Sending extends HazelcastNode implements Publisher {
        private final int port = freePort();
        private final HazelcastInstance member = start(port, false, address());
        private final Map<String, Credit> credits = new ConcurrentHashMap<>();

        Sending() throws IOException {}

        final HazelcastInstance member() {
            return member;
        }

        @Override
        public final String address() {
            return "127.0.0.1:" + port;
        }

        @Override
        public final void connect(String publisher, List<String> subscribers) throws Exception {
            for (String subscriber : subscribers) {
                credits.put(subscriber, new Credit(WINDOW));
            }
            IMap<String, Long> confirmed = member.getMap(CONFIRMED);
            EntryAddedListener<String, Long> added = this::confirm;
            EntryUpdatedListener<String, Long> updated = this::confirm;
            confirmed.addEntryListener(added, true);
            confirmed.addEntryListener(updated, true);
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            while (member.getCluster().getMembers().size() <= subscribers.size()) {
                if (System.nanoTime() - untilNs > 0) {
                    throw new TimeoutException(
                            "the cluster did not form within " + Patience.CONNECT.toSeconds() + " s");
                }
                Thread.sleep(20);
            }
        }

        private void confirm(EntryEvent<String, Long> entry) {
            Credit credit = credits.get(entry.getKey());
            if (credit != null) {
                credit.confirm(entry.getValue());
            }
        }

        /** Waits until all subscribers have taken enough. */
        final void takeCredit() {
            credits.values().forEach(Credit::take);
        }
    }

    /** A subscriber's. */
    abstract static class Taking extends HazelcastNode {
        private final int port = freePort();
        private @Nullable IMap<String, Long> confirmed;
        private long taken;

        Taking() throws IOException {}

        @Override
        public final String address() {
            return "127.0.0.1:" + port;
        }

        @Override
        public final void connect(String publisher, List<String> subscribers) {
            HazelcastInstance member = start(port, true, publisher);
            confirmed = member.getMap(CONFIRMED);
            listen(member);
        }

        /** Whatever is published once this returns is taken. */
        abstract void listen(HazelcastInstance member);

        /** A message was taken. */
        final void confirm() {
            if (++taken % CONFIRM_EVERY == 0 && confirmed != null) {
                var unused = confirmed.setAsync(address(), taken);
            }
        }
    }
}
