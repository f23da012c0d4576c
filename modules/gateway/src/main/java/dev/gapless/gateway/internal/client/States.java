package dev.gapless.gateway.internal.client;

import dev.gapless.Table;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.RequestException.Kind;
import dev.gapless.gateway.internal.json.RowJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The tables whose states clients may ask for, by topic. Immutable. */
public final class States {
    private final Map<String, Table<?>> tables = new HashMap<>();
    private final RowJson rows;

    /** Throws IllegalArgumentException if there are two of one topic. */
    public States(Iterable<? extends Table<?>> tables, RowJson rows) {
        for (Table<?> table : tables) {
            String topic = table.topic().name();
            if (this.tables.put(topic, table) != null) {
                throw new IllegalArgumentException("There are two tables of topic " + topic + ": a gateway shows one");
            }
        }
        this.rows = rows;
    }

    /** How their rows are shown. */
    public RowJson rows() {
        return rows;
    }

    /** Those of which there are tables. */
    public Set<String> topics() {
        return Set.copyOf(tables.keySet());
    }

    /** That of a topic. Throws {@link RequestException} if there is none. */
    Table<?> of(String topic) {
        Table<?> table = tables.get(topic);
        if (table == null) {
            throw new RequestException(
                    Kind.NO_TABLE,
                    "This gateway has no table of topic " + topic
                            + ": subscribe without state, or give its table to GaplessGateway.start");
        }
        return table;
    }
}
