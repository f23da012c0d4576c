package dev.gapless.bench.process;

import dev.gapless.bench.peer.KeyedRow;
import dev.gapless.bench.peer.KeyedRowSerializer;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Reads all rows of a {@link RowServer}, and counts that. Thread-safe. */
final class RowReader {
    private final int port;
    private final KeyedRowSerializer serializer = new KeyedRowSerializer();
    private Reads reads = new Reads(0, 0, 0, 0);

    /**
     * What was read by now.
     *
     * @param count how often all rows
     * @param beganNs when the last of them began, as of System.nanoTime()
     * @param tookNs all of that together
     * @param bytes of the rows
     */
    record Reads(int count, long beganNs, long tookNs, long bytes) {
        Reads since(Reads before) {
            return new Reads(count - before.count, beganNs, tookNs - before.tookNs, bytes - before.bytes);
        }
    }

    RowReader(int port) {
        this.port = port;
    }

    synchronized Reads reads() {
        return reads;
    }

    /** Reads all rows. Throws IOException if it cannot. */
    List<KeyedRow> read() throws IOException {
        long beginNs = System.nanoTime();
        long bytes = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(socket.getInputStream(), RowServer.BUFFER_BYTES))) {
            int count = in.readInt();
            List<KeyedRow> rows = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                byte[] row = new byte[in.readShort()];
                in.readFully(row);
                rows.add((KeyedRow) serializer.fromBinaryJava(row, KeyedRow.class));
                bytes += Short.BYTES + row.length;
            }
            add(new Reads(1, beginNs, System.nanoTime() - beginNs, bytes));
            return rows;
        }
    }

    private synchronized void add(Reads more) {
        reads = new Reads(reads.count + more.count, more.beganNs, reads.tookNs + more.tookNs, reads.bytes + more.bytes);
    }
}
