package dev.gapless.bench.apart;

import dev.gapless.bench.peer.Patience;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.PeerSide;
import dev.gapless.bench.peer.Publisher;
import dev.gapless.bench.peer.Receiver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.protocols.TCPPING;
import org.jgroups.util.MessageBatch;

/** JGroups: messages to the group, in the order of their sender, over TCP. It repeats what was lost, and a sender waits for credits. */
final class JGroupsPeer implements Peer {
    private static final String GROUP = "bench";

    @Override
    public Publisher publisher() throws Exception {
        return new Sender();
    }

    @Override
    public PeerSide subscriber(Receiver receiver) throws Exception {
        return new Listener(receiver);
    }

    /** A member of the group, once it is connected. The publisher forms the group. */
    private static class Member implements PeerSide {
        final JChannel channel;
        private final int port = freePort();

        Member() throws Exception {
            try (InputStream stack = JGroupsPeer.class.getResourceAsStream("/bench-jgroups.xml")) {
                channel = new JChannel(Objects.requireNonNull(stack));
            }
            channel.getProtocolStack().getTransport().setBindPort(port);
        }

        private static int freePort() throws IOException {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                return socket.getLocalPort();
            }
        }

        @Override
        public final String address() {
            return "127.0.0.1:" + port;
        }

        @Override
        public final void connect(String publisher, List<String> subscribers) throws Exception {
            int colon = publisher.lastIndexOf(':');
            TCPPING ping = channel.getProtocolStack().findProtocol(TCPPING.class);
            ping.setInitialHosts(List.of(new InetSocketAddress(
                    publisher.substring(0, colon), Integer.parseInt(publisher.substring(colon + 1)))));
            connect();
            long untilNs = System.nanoTime() + Patience.CONNECT.toNanos();
            while (channel.getView() == null || channel.getView().size() <= subscribers.size()) {
                if (System.nanoTime() - untilNs > 0) {
                    throw new TimeoutException("the group did not form within " + Patience.CONNECT.toSeconds() + " s");
                }
                Thread.sleep(20);
            }
        }

        void connect() throws Exception {
            channel.connect(GROUP);
        }
    }

    private static final class Sender extends Member implements Publisher {
        Sender() throws Exception {
            channel.connect(GROUP); // alone: nobody is asked for
        }

        @Override
        void connect() {
            // it is
        }

        @Override
        public void publish(byte[] message) throws Exception {
            channel.send(new BytesMessage(null, message).setFlag(Message.TransientFlag.DONT_LOOPBACK));
        }

        @Override
        public void flush() {
            // the bundler sends when no more messages are waiting
        }
    }

    private static final class Listener extends Member implements org.jgroups.Receiver {
        private final Receiver receiver;

        Listener(Receiver receiver) throws Exception {
            this.receiver = receiver;
            channel.setReceiver(this);
        }

        @Override
        public void receive(Message message) {
            receiver.take(message.getArray(), message.getOffset(), message.getLength());
        }

        @Override
        public void receive(MessageBatch batch) {
            for (Message message : batch) {
                receive(message);
            }
        }
    }
}
