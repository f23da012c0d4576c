package dev.gapless.durable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Repairs a log in a database: a mark takes the place of each record that cannot be read, and says how far the streams had come (rule D12). So
 * who lacks some of that is told. In a transaction of the caller's.
 */
final class LogRepair {
    /** More are no damage to be repaired record by record. */
    private static final long MOST_RECORDS = 10_000;

    private static final String OF_ONE = " WHERE \"persistence_id\" = ? AND \"sequence_number\" = ?";
    private static final String COPIED = "\"deleted\", \"writer\", \"write_timestamp\", \"adapter_manifest\","
            + " \"event_ser_id\", \"event_ser_manifest\", \"meta_payload\", \"meta_ser_id\", \"meta_ser_manifest\"";

    private final Connection connection;
    private final String id;
    private final RecordCodec codec;
    private final LogDamage damage;

    /** What was done. */
    record Done(long records, List<LostMessages> lost) {}

    LogRepair(Connection connection, String id, long nowMs) {
        this.connection = connection;
        this.id = id;
        this.codec = new RecordCodec(id);
        this.damage = new LogDamage(LogIds.topic(id), nowMs);
    }

    /**
     * Reads it, and repairs it if it is damaged.
     *
     * @param truncated whether it ends in front of the first damage; if not, what is behind is kept
     */
    Done repair(boolean truncated) throws SQLException {
        LogScan.read(connection, id, damage);
        damage.end();
        if (damage.lastNumber() == 0) {
            throw new IllegalStateException(
                    "node " + LogIds.node(id) + " has no stored log of topic " + LogIds.topic(id));
        } else if (damage.holes().isEmpty()) {
            return new Done(0, List.of());
        }
        Done done = truncated ? truncate(damage.holes().get(0)) : skip(damage.holes());
        check();
        return done;
    }

    private Done truncate(LogDamage.Hole hole) throws SQLException {
        if (!hole.hasBefore()) {
            throw new IllegalStateException("Nothing is in front of the damage. Use --skip, or delete the log:"
                    + " gapless journal drop NODE TOPIC");
        }
        Integer before = RecordCodec.checksum(read(hole.first() - 1));
        byte[] mark = codec.write(damage.end(hole), before);
        long gone = execute(
                "DELETE FROM \"gapless_journal\" WHERE \"persistence_id\" = ? AND \"sequence_number\" > ?",
                hole.first());
        put(hole.first(), mark, hole.first() - 1);
        return new Done(gone + 1, damage.lostSince(hole.before()));
    }

    private Done skip(List<LogDamage.Hole> holes) throws SQLException {
        long records =
                holes.stream().mapToLong(hole -> hole.last() - hole.first() + 1).sum();
        if (records > MOST_RECORDS) {
            throw new IllegalStateException(records + " records are damaged, and at most " + MOST_RECORDS
                    + " are repaired. Use --truncate, or export what can be read, and delete the log:"
                    + " gapless journal drop NODE TOPIC");
        }
        long first = holes.get(0).first();
        int before = holes.get(0).hasBefore() ? RecordCodec.checksum(read(first - 1)) : 0;
        for (long number = first; number <= damage.lastNumber(); number++) {
            LogDamage.Hole hole = at(number, holes);
            byte[] bytes = hole == null ? codec.behind(read(number), before) : codec.write(hole.mark(number), before);
            put(number, bytes, hole == null ? number : damage.readable());
            before = RecordCodec.checksum(bytes);
        }
        return new Done(
                records, holes.stream().flatMap(hole -> hole.lost().stream()).toList());
    }

    private static LogDamage.@Nullable Hole at(long number, List<LogDamage.Hole> holes) {
        for (LogDamage.Hole hole : holes) {
            if (hole.first() <= number && number <= hole.last()) {
                return hole;
            }
        }
        return null;
    }

    private byte[] read(long number) throws SQLException {
        try (PreparedStatement one =
                connection.prepareStatement("SELECT \"event_payload\" FROM \"gapless_journal\"" + OF_ONE)) {
            one.setString(1, id);
            one.setLong(2, number);
            try (ResultSet row = one.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("record " + number + " is gone");
                }
                return row.getBytes(1);
            }
        }
    }

    /** Stores this record; what a row has beside it is that of another one. */
    private void put(long number, byte[] bytes, long like) throws SQLException {
        if (number != like) {
            execute("DELETE FROM \"gapless_journal\"" + OF_ONE, number);
        }
        String statement = number == like
                ? "UPDATE \"gapless_journal\" SET \"event_payload\" = ?" + OF_ONE
                : "INSERT INTO \"gapless_journal\" (\"persistence_id\", \"sequence_number\", \"event_payload\", "
                        + COPIED
                        + ") SELECT \"persistence_id\", " + number + ", CAST(? AS VARBINARY), " + COPIED
                        + " FROM \"gapless_journal\"" + OF_ONE;
        try (PreparedStatement put = connection.prepareStatement(statement)) {
            put.setBytes(1, bytes);
            put.setString(2, id);
            put.setLong(3, like);
            if (put.executeUpdate() != 1) {
                throw new SQLException("record " + number + " could not be stored");
            }
        }
    }

    private long execute(String statement, long number) throws SQLException {
        try (PreparedStatement one = connection.prepareStatement(statement)) {
            one.setString(1, id);
            one.setLong(2, number);
            return one.executeUpdate();
        }
    }

    /** Nothing is damaged any more. */
    private void check() throws SQLException {
        LogDamage now = new LogDamage(LogIds.topic(id), 0);
        LogScan.read(connection, id, now);
        now.end();
        if (!now.holes().isEmpty()) {
            throw new SQLException("record " + now.holes().get(0).first() + " is damaged yet");
        }
    }
}
