package dev.gapless.multijvm.node;

import dev.gapless.Delivery;
import dev.gapless.Gapless;
import dev.gapless.Topic;
import dev.gapless.examples.ledger.Ledger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorSystem;

/** The example that stores a row for each message, and its token with it. */
final class LedgerCommands implements Commands {
    private final ActorSystem system;
    private final Commands others;

    LedgerCommands(ActorSystem system, Commands others) {
        this.system = system;
        this.others = others;
    }

    @Override
    public Object run(String command, Arguments arguments) throws Exception {
        if (command.equals("ledger-heads")) {
            return heads(arguments.text("url"));
        } else if (!command.equals("ledger")) {
            return others.run(command, arguments);
        }
        Topic<Object> topic = Topic.of(arguments.text("topic"), Object.class);
        new Ledger<>(DriverManager.getConnection(arguments.text("url"), "gapless", ""), topic, LedgerCommands::entry)
                .start(Gapless.get(system));
        return "open";
    }

    /** The last sequence of each epoch that has rows, which any process may ask of its own database. */
    private static String heads(String url) throws SQLException {
        Map<String, String> heads = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url, "gapless", "");
                ResultSet rows = connection.createStatement().executeQuery("SELECT entry FROM ledger ORDER BY id")) {
            while (rows.next()) {
                String[] words = rows.getString(1).split(" ", -1);
                heads.put(words[0], words[1]);
            }
        }
        return heads.entrySet().stream()
                .map(head -> head.getKey() + " " + head.getValue())
                .collect(Collectors.joining(","));
    }

    private static String entry(Delivery<Object> delivery) {
        return delivery.position().epoch() + " " + delivery.position().sequence() + " "
                + JournaledPublisher.hash((byte[]) delivery.message());
    }
}
