package dev.gapless.core.producer;

import dev.gapless.core.Limits;
import dev.gapless.core.Position;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.log.Log;
import dev.gapless.core.log.LogPart;
import dev.gapless.core.log.Reading;
import dev.gapless.core.log.Slice;
import dev.gapless.core.wire.Fetch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Find;
import dev.gapless.core.wire.Found;
import java.util.List;

/** Answers what is asked of a log without a cursor. It keeps nothing of that. */
final class Inquiries {
    private final String topic;
    private final Log log;
    private final TopicSettings settings;
    private final Outbox outbox;

    Inquiries(String topic, Log log, TopicSettings settings, Outbox outbox) {
        this.topic = topic;
        this.log = log;
        this.settings = settings;
        this.outbox = outbox;
    }

    void onFetch(Fetch fetch) {
        long bytes = Math.min(fetch.mostBytes(), settings.batchBytes());
        Reading reading = log.read(fetch.first(), Limits.MAX_BATCH_MESSAGES, bytes);
        List<Slice> slices = reading instanceof Reading.Messages read ? read.slices() : List.of();
        long head = log.head(); // after them: it has them
        LogPart whole = log.parts().whole();
        outbox.send(
                fetch.session().uid(),
                new Fetched(
                        topic,
                        fetch.reader(),
                        fetch.session(),
                        whole.epoch(),
                        fetch.first(),
                        whole.oldest(log.oldest(), head),
                        head,
                        slices));
    }

    void onFind(Find find) {
        Answer answer = Answer.of(find.start(), log, settings);
        LogPart part = answer.part();
        outbox.send(
                find.session().uid(),
                new Found(
                        topic,
                        find.reader(),
                        find.session(),
                        find.start(),
                        answer.expiry(),
                        new Position(part.epoch(), part.sequence(answer.next())),
                        part.oldest(log.oldest(), answer.head()),
                        part.sequence(answer.head())));
    }
}
