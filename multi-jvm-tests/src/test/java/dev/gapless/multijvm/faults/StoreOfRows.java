package dev.gapless.multijvm.faults;

import dev.gapless.durable.PostgresServer;

/** That of PostgreSQL: the rows of a node. */
record StoreOfRows(PostgresServer server, String node) implements LosableStore {
    @Override
    public void copy(String name) {
        execute("CREATE TABLE \"%s\" AS SELECT * FROM gapless_journal WHERE %s".formatted(name, its()));
    }

    @Override
    public void empty() {
        execute("DELETE FROM gapless_journal WHERE " + its());
    }

    @Override
    public void putBack(String name) {
        empty();
        execute("INSERT INTO gapless_journal SELECT * FROM \"%s\"".formatted(name));
    }

    private String its() {
        return "persistence_id LIKE '" + node + "|%'";
    }

    private void execute(String sql) {
        server.execute("gapless", sql);
    }
}
