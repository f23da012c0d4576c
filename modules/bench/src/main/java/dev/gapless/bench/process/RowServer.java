package dev.gapless.bench.process;

import dev.gapless.bench.peer.BenchRowPublisher;
import dev.gapless.bench.peer.KeyedRowSerializer;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The source of a table: gives all rows to each that connects, one reader after the other. It ends with the process. */
final class RowServer {
    static final int BUFFER_BYTES = 64 << 10;

    private final BenchRowPublisher rows;
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final KeyedRowSerializer serializer = new KeyedRowSerializer();

    RowServer(BenchRowPublisher rows) throws IOException {
        this.rows = rows;
        Thread thread = new Thread(this::serve, "rows");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (true) {
            try (Socket reader = socket.accept();
                    DataOutputStream out =
                            new DataOutputStream(new BufferedOutputStream(reader.getOutputStream(), BUFFER_BYTES))) {
                out.writeInt(rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    byte[] row = serializer.toBinary(rows.row(i));
                    out.writeShort(row.length);
                    out.write(row);
                }
            } catch (IOException e) {
                System.err.println("rows were not read to their end: " + e);
            }
        }
    }
}
