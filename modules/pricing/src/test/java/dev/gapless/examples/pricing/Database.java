package dev.gapless.examples.pricing;

import dev.gapless.examples.pricing.checker.Row;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.h2.tools.Server;

/** A database in this process, which others reach over TCP, or do not. */
final class Database implements AutoCloseable {
    private final Connection here;
    private final int port;
    private Server server;

    Database() throws SQLException {
        here = DriverManager.getConnection("jdbc:h2:mem:prices", "sa", "");
        server = Server.createTcpServer("-tcpPort", "0").start();
        port = server.getPort();
    }

    String url() {
        return "jdbc:h2:tcp://127.0.0.1:" + port + "/mem:prices";
    }

    /** Connections break, and no new ones are taken. */
    void goesAway() {
        server.stop();
    }

    void comesBack() throws SQLException {
        if (!server.isRunning(false)) {
            server = Server.createTcpServer("-tcpPort", Integer.toString(port)).start();
        }
    }

    /** What is to be shown. */
    Map<String, Row> rows() throws SQLException {
        Map<String, Row> rows = new TreeMap<>();
        try (Statement statement = here.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT symbol, amount, version FROM price WHERE NOT deleted")) {
            while (found.next()) {
                Row row = new Row(found.getString(1), found.getDouble(2), found.getLong(3));
                rows.put(row.symbol(), row);
            }
        }
        return rows;
    }

    @Override
    public void close() throws SQLException {
        server.stop();
        here.close();
    }
}
