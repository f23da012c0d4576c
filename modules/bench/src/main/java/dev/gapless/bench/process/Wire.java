package dev.gapless.bench.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A client's connection as bytes come and go. For one thread. */
interface Wire {
    /** Bytes that are there: how many, 0 if there are none now, -1 at the end. */
    int read(ByteBuffer into) throws IOException;

    /** All of it at once: it is little. */
    void write(byte[] what) throws IOException;

    /** Without TLS. */
    static Wire plain(SocketChannel channel) {
        return new Wire() {
            @Override
            public int read(ByteBuffer into) throws IOException {
                return channel.read(into);
            }

            @Override
            public void write(byte[] what) throws IOException {
                ByteBuffer left = ByteBuffer.wrap(what);
                while (left.hasRemaining()) {
                    var unused = channel.write(left);
                }
            }
        };
    }
}
