package dev.gapless.durable;

import dev.gapless.core.log.LogRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads a log in a database from its first record to its last, also past those that are damaged. */
final class LogScan {
    private static final int FETCHED = 64;

    private LogScan() {}

    /** Is told of each record, in order. */
    interface Reader {
        /** This one, which has so many bytes. */
        void record(LogRecord record, int bytes);

        /** Those from one number to another are not there, or damaged. */
        void damaged(long first, long last, RecordCodec.Damaged why);
    }

    /** Reads the log of this id. */
    static void read(Connection connection, String id, Reader reader) throws SQLException {
        RecordCodec codec = new RecordCodec(id);
        try (PreparedStatement log = connection.prepareStatement("SELECT \"sequence_number\", \"event_payload\" FROM"
                + " \"gapless_journal\" WHERE \"persistence_id\" = ? AND \"deleted\" = FALSE ORDER BY 1")) {
            log.setFetchSize(FETCHED);
            log.setString(1, id);
            try (ResultSet rows = log.executeQuery()) {
                Integer before = null;
                long next = 0;
                while (rows.next()) {
                    long number = rows.getLong(1);
                    if (next > 0 && number != next) {
                        reader.damaged(next, number - 1, missing(next, number - 1));
                        before = null;
                    }
                    next = number + 1;
                    before = record(rows.getBytes(2), number, before, codec, reader);
                }
            }
        }
    }

    /** {@return its checksum; null if it is damaged} */
    private static @Nullable Integer record(
            byte[] bytes, long number, @Nullable Integer before, RecordCodec codec, Reader reader) {
        LogRecord record;
        try {
            record = codec.read(bytes, number, before);
        } catch (RecordCodec.Damaged e) {
            reader.damaged(number, number, e);
            return null;
        }
        reader.record(record, bytes.length);
        return RecordCodec.checksum(bytes);
    }

    private static RecordCodec.Damaged missing(long first, long last) {
        return new RecordCodec.Damaged(
                first == last
                        ? "record " + first + " is missing"
                        : "records " + first + " to " + last + " are missing");
    }
}
