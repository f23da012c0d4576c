package dev.gapless.core.consumer;

import dev.gapless.core.Session;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.Feed;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToProducer;

/** What a reader says to producers: asks, again and again, acknowledges, and takes itself off (rules C4 to C6). Not thread-safe. */
final class Registrar {
    private static final int GAPS_AT_ONCE = 3;

    private final ReaderContext context;
    private final Feed feed;
    private long failures;

    Registrar(ReaderContext context, Feed feed) {
        this.context = context;
        this.feed = feed;
    }

    /** How many registrations have failed, of all time: they were not answered, or ended soon after. */
    long failures() {
        return failures;
    }

    /** Asks its producer anew for what follows its position; if no answer comes, again after a backoff. */
    void register(Registration r, long nowNs) {
        ends(r, nowNs);
        Session session = session(r);
        r.becomeRegistering(session, nowNs, nowNs + waitNs(r, nowNs));
        ask(r, session);
    }

    private void ends(Registration r, long nowNs) {
        if (r.endsRegistration(nowNs)) {
            failures++;
        }
    }

    /** No answer came: asks the same again, unless answers take longer by now. */
    void repeat(Registration r, long nowNs) {
        long notBeforeNs = r.askedNs() + patienceNs(r, nowNs);
        if (notBeforeNs - nowNs > 0) {
            r.becomeDue(notBeforeNs);
        } else {
            Session session = session(r);
            r.failed();
            failures++;
            r.becomeUnanswered(session, nowNs + waitNs(r, nowNs));
            ask(r, session);
        }
    }

    /** It answers this attempt, or sends what belongs to it. */
    void answered(Registration r, Session session, long nowNs) {
        r.answered(nowNs);
        if (r.isRegistering() && r.attempts().first().equals(session)) {
            context.asking().answered(r.host(), nowNs - r.askedNs(), nowNs);
        }
    }

    private Session session(Registration r) {
        if (r.wasAsked()) {
            context.heard().onReregistration();
        }
        return new Session(context.uid(), context.asking().nextNumber());
    }

    private void ask(Registration r, Session session) {
        send(r, new Register(context.topic(), context.reader(), session, r.host(), r.asks(), feed.grantBytes()));
    }

    /**
     * Something is missing: registers again, at once. If that has been of no use several times, since the answer is accepted
     * and what follows never comes, the next attempt waits.
     */
    void registerAfterGap(Registration r, long nowNs) {
        int gaps = r.somethingMissing();
        if (gaps <= GAPS_AT_ONCE) {
            register(r, nowNs);
        } else {
            ends(r, nowNs);
            r.becomePatient(nowNs + backoffNs(gaps - GAPS_AT_ONCE - 1));
        }
    }

    /** Its answer comes too early: asks the same after a while. */
    void registerLater(Registration r, long nowNs) {
        r.becomePatient(nowNs + backoffNs(0));
    }

    private long waitNs(Registration r, long nowNs) {
        return Math.max(backoffNs(r.unanswered()), patienceNs(r, nowNs));
    }

    private long patienceNs(Registration r, long nowNs) {
        return context.asking()
                .patienceNs(r.host(), context.settings().registerBackoff().maxNs(), nowNs);
    }

    private long backoffNs(int attempt) {
        long wait = context.settings().registerBackoff().waitNs(attempt);
        double jitter = context.settings().registerJitter();
        return (long) (wait * (1 + jitter * (2 * context.asking().nextShare() - 1)));
    }

    /** Everything up to its position is in the feed. */
    void acknowledge(Registration r) {
        r.acknowledged();
        Session session = r.attempts().first();
        send(r, new Ack(context.topic(), context.reader(), session, r.at(), feed.grantBytes()));
    }

    /** The same, soon: more may come until then. At once if there is no room for as much as may be under way. */
    void acknowledgeSoon(Registration r, long nowNs) {
        TopicSettings settings = context.settings();
        if (settings.ackDelayNs() == 0 || feed.grantBytes() < settings.windowBytes()) {
            acknowledge(r);
        } else {
            r.putOffAck(nowNs + settings.ackDelayNs());
        }
    }

    /** It has left, and everything up to its end is in the feed. */
    void acknowledgeEnd(Registration r, Session session, long head) {
        send(r, new GoneAck(context.topic(), context.reader(), session, head));
    }

    /** Nobody reads any more. */
    void deregister(Registration r) {
        for (Session session : r.attempts().sessions()) {
            send(r, new Deregister(context.topic(), context.reader(), session));
        }
    }

    private void send(Registration r, ToProducer message) {
        context.outbox().send(r.host(), message);
    }
}
