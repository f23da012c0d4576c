package dev.gapless.core.topic;

import dev.gapless.core.Session;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Deregister;
import dev.gapless.core.wire.GoneAck;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.ToProducer;

/** What a node says to the producers whose logs it copies: it asks, again and again, acknowledges, and takes itself off. Not thread-safe. */
final class CopyRegistrar {
    private static final int GAPS_AT_ONCE = 3;
    /** Parts of the time for which publishers wait, after which it is looked again for whom. */
    private static final int HELD_PARTS = 4;

    private final String topic;
    private final long uid;
    private final TopicSettings settings;
    private final ResponseTimes times;
    private final Outbox outbox;
    private final Reach reach;
    private long failures;
    private long again;

    /**
     * @param uid this node's incarnation
     * @param reach how far this node's subscriptions are
     */
    CopyRegistrar(String topic, long uid, TopicSettings settings, ResponseTimes times, Outbox outbox, Reach reach) {
        this.topic = topic;
        this.uid = uid;
        this.settings = settings;
        this.times = times;
        this.outbox = outbox;
        this.reach = reach;
    }

    /** How many registrations have failed: they were not answered, or ended soon after. */
    long failures() {
        return failures;
    }

    /** How often a member was asked that had been asked before. */
    long again() {
        return again;
    }

    // ------------------------------------------------------------------ asking

    /** Asks its producer anew where its log goes on behind the copy; if no answer comes, again after a backoff. */
    void register(CopyRegistration r, long nowNs) {
        ends(r, nowNs);
        if (r.isLive()) {
            r.waitsFor(reach.least(r, nowNs));
        }
        Session session = session(r);
        r.asks(session, nowNs, nowNs + waitNs(r, nowNs));
        ask(r, session);
    }

    /** No answer came: asks the same again, unless answers take longer by now. */
    void repeat(CopyRegistration r, long nowNs) {
        long notBeforeNs = r.askedNs() + patienceNs(r, nowNs);
        if (notBeforeNs - nowNs > 0) {
            r.waitsUntil(notBeforeNs);
        } else {
            Session session = session(r);
            failures++;
            r.asksAgain(session, nowNs + waitNs(r, nowNs));
            ask(r, session);
        }
    }

    /**
     * Something is missing: registers again, at once. If that has been of no use several times, since the answer is accepted and what follows
     * never comes, the next attempt waits.
     */
    void registerAfterGap(CopyRegistration r, long nowNs) {
        int gaps = r.misses();
        if (gaps <= GAPS_AT_ONCE) {
            register(r, nowNs);
        } else {
            ends(r, nowNs);
            r.restsUntil(nowNs + backoffNs(gaps - GAPS_AT_ONCE - 1));
        }
    }

    private void ends(CopyRegistration r, long nowNs) {
        if (r.ends(nowNs)) {
            failures++;
        }
    }

    /** This attempt is answered: that tells how long its member takes. */
    void answered(CopyRegistration r, Session session, long nowNs) {
        if (r.state() == CopyRegistration.State.REGISTERING
                && r.attempts().first().equals(session)) {
            times.answered(r.host(), nowNs - r.askedNs(), nowNs);
        }
    }

    private Session session(CopyRegistration r) {
        again += r.wasAsked() ? 1 : 0;
        return new Session(uid, times.nextNumber());
    }

    private void ask(CopyRegistration r, Session session) {
        Start start = new Start.Copy(r.tail(), r.cameLater() || reach.knows(r.slot()), r.least());
        long window = reach.windowBytes(r);
        r.acknowledged(window > 0, false);
        send(r, new Register(topic, Message.SHARED_READER, session, r.host(), start, window));
    }

    private long waitNs(CopyRegistration r, long nowNs) {
        return Math.max(backoffNs(r.unanswered()), patienceNs(r, nowNs));
    }

    private long patienceNs(CopyRegistration r, long nowNs) {
        return times.patienceNs(r.host(), settings.registerBackoff().maxNs(), nowNs);
    }

    private long backoffNs(int attempt) {
        long wait = settings.registerBackoff().waitNs(attempt);
        return (long) (wait * (1 + settings.registerJitter() * (2 * times.nextShare() - 1)));
    }

    // ------------------------------------------------------------------ acknowledging

    /** Everything up to the copy's newest is here. */
    void acknowledge(CopyRegistration r, long nowNs) {
        long window = reach.windowBytes(r);
        long newest = r.log().newest();
        long least = reach.least(r, nowNs);
        r.acknowledged(window > 0, least < newest);
        if (least < newest) {
            r.acknowledgesBy(
                    nowNs + settings.backpressureTimeoutNs() / HELD_PARTS); // who does not read is waited for no longer
        }
        send(r, new Ack(topic, Message.SHARED_READER, r.attempts().first(), newest, least, window));
    }

    /** The same, soon: more may come until then. At once if there is no room for as much as may be under way. */
    void acknowledgeSoon(CopyRegistration r, long nowNs) {
        if (settings.ackDelayNs() == 0 || reach.windowBytes(r) < settings.windowBytes()) {
            acknowledge(r, nowNs);
        } else {
            r.acknowledgesBy(nowNs + settings.ackDelayNs());
        }
    }

    /** It has left, and everything up to its end is here. */
    void acknowledgeEnd(CopyRegistration r, Session session, long head) {
        send(r, new GoneAck(topic, Message.SHARED_READER, session, head));
    }

    /** Nobody reads any more. */
    void deregister(CopyRegistration r) {
        for (Session session : r.attempts().sessions()) {
            send(r, new Deregister(topic, Message.SHARED_READER, session));
        }
    }

    private void send(CopyRegistration r, ToProducer message) {
        outbox.send(r.host(), message);
    }
}
