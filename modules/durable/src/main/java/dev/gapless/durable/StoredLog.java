package dev.gapless.durable;

import dev.gapless.core.log.LogRecord;
import dev.gapless.core.log.StoreAnswer;
import dev.gapless.core.log.StoreRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.persistence.DeleteMessagesFailure;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reading of a topic's log, and the writes that follow it. Each record is an event, and has its number. */
final class StoredLog extends StoredEvents {
    private static final Logger LOG = LoggerFactory.getLogger(StoredLog.class);

    /** Each time that it has read so many records it says that it goes on. */
    static final int SAYS_AFTER = 100;

    record Write(StoreRequest.Write request, Consumer<StoreAnswer> answered)
            implements NoSerializationVerificationNeeded {}

    record Drop(long upTo) implements NoSerializationVerificationNeeded {}

    private final StoreRequest.Read read;
    private final Consumer<StoreAnswer> readAnswered;
    private final RecordCodec codec;
    private @Nullable List<LogRecord> records = new ArrayList<>();
    private @Nullable String damage;
    /** The checksum of the last record; null if none was read. */
    private @Nullable Integer last;
    /** What is being written; null if nothing is. */
    private @Nullable Write writing;

    StoredLog(String id, StoreRequest.Read read, Consumer<StoreAnswer> answered) {
        super(id);
        this.read = read;
        this.readAnswered = answered;
        this.codec = new RecordCodec(id);
    }

    @Override
    void onEvent(long number, byte[] event) {
        if (number % SAYS_AFTER == 0) {
            readAnswered.accept(new StoreAnswer.Reading(read.id()));
        }
        if (damage != null || records == null) {
            return;
        }
        try {
            LogRecord record = codec.read(event, number, last);
            last = RecordCodec.checksum(event);
            if (number >= read.number()) {
                records.add(record);
            }
        } catch (RecordCodec.Damaged e) {
            damage = e.getMessage();
        }
    }

    @Override
    void onEnd() {
        List<LogRecord> all = records;
        records = null; // the log has them from now on
        if (damage != null) {
            readAnswered.accept(new StoreAnswer.Damaged(read.id(), damage));
        } else if (all != null) {
            readAnswered.accept(new StoreAnswer.Records(read.id(), all));
        }
    }

    @Override
    public Receive createReceive() {
        return receiveBuilder()
                .match(Write.class, this::write)
                .match(Drop.class, drop -> deleteMessages(drop.upTo()))
                .match(DeleteMessagesSuccess.class, done -> {})
                .match(
                        DeleteMessagesFailure.class,
                        failed -> LOG.debug(
                                "{}: records up to {} are still there, and go with later ones",
                                persistenceId(),
                                failed.toSequenceNr(),
                                failed.cause()))
                .build();
    }

    private void write(Write write) {
        LogRecord record = write.request().content();
        if (damage != null || record.number() != lastSequenceNr() + 1) {
            write.answered()
                    .accept(new StoreAnswer.Failed(
                            write.request().id(),
                            "the next record is " + (lastSequenceNr() + 1) + ", and not " + record.number()));
            return;
        }
        EmbeddedFile file = JournalPlugin.of(getContext().getSystem()).file;
        String problem = file == null ? null : file.problem();
        if (problem != null) {
            write.answered().accept(new StoreAnswer.Failed(write.request().id(), problem));
            return;
        }
        byte[] bytes = codec.write(record, last == null ? 0 : last);
        writing = write;
        persist(bytes, stored -> {
            last = RecordCodec.checksum(bytes);
            writing = null;
            write.answered().accept(new StoreAnswer.Stored(write.request().id()));
        });
    }

    @Override
    void onFailure(IllegalStateException problem) {
        Write its = writing;
        if (its != null) {
            its.answered().accept(new StoreAnswer.Failed(its.request().id(), String.valueOf(problem.getMessage())));
        } else {
            readAnswered.accept(new StoreAnswer.Failed(read.id(), String.valueOf(problem.getMessage())));
        }
    }
}
