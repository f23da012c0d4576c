package dev.gapless.core.topic;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LastPing;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.Now;
import dev.gapless.core.Overflow;
import dev.gapless.core.Session;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.wire.Gone;
import dev.gapless.core.wire.Packet;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.stress.Given;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * T1, T2: a token that is taken while a producer that has left is removed lists it, or says that it is over. One that says neither has its
 * end told a second time.
 */
@JCStressTest
@Outcome(id = "listed", expect = Expect.ACCEPTABLE, desc = "the token is of before")
@Outcome(id = "ended", expect = Expect.ACCEPTABLE, desc = "the token is of after")
@State
public class PlacesTokenAtAnEndStress implements Outbox.Carrier {
    private static final String TOPIC = "quotes";
    private static final long UID = 1;
    private static final Now NOW = new Now(1_000, 0);
    private static final LogIdentity LOG = LogIdentity.fresh(Epoch.of(UID, TOPIC), 0);
    private static final Map<Epoch, Long> PUBLISHED = Map.of(LOG.epoch(), 1L);

    private final Outbox outbox = new Outbox();
    private final PlacesConsumer consumer = new PlacesConsumer(
            TOPIC, 2, Given.settings(8, Overflow.EXPIRE), new ResponseTimes(() -> 1, new SplittableRandom(1)), outbox);
    private final SubscriptionState subscription;
    private Session session;

    public PlacesTokenAtAnEndStress() {
        subscription = consumer.open(1, new Opening.Latest(), NOW);
        consumer.begin(
                members(List.of(new MemberEvent.Present(UID, "host:1"), new MemberEvent.Named(UID, "p", 0))), NOW);
        outbox.drain(this);
        consumer.onMessage(new Registered(TOPIC, 0, Objects.requireNonNull(session), LOG, 2, 1, 1, 0), NOW);
        consumer.onMessage(new Gone(TOPIC, 0, session, 1), NOW);
        var unused = subscription.next(0); // it has read all that there is
    }

    @Override
    public void send(long toUid, Packet packet) {
        if (packet instanceof Register register) {
            session = register.session();
        }
    }

    @Override
    public void carryOut(Effect effect) {}

    private static MemberView members(List<MemberEvent> present, Departure... departures) {
        HistoryView history = new HistoryView(5L, 0L, false, false, List.of(departures), NOW, new LastPing(), 60_000);
        return new MemberView(present.isEmpty() ? Set.of() : Set.of(UID), present, true, history);
    }

    @Actor
    public void consumer() {
        Departure departure = new Departure(UID, "p", NOW.ms(), PUBLISHED);
        consumer.onMembers(List.of(new MemberEvent.Removed(UID, PUBLISHED)), members(List.of(), departure), NOW);
    }

    @Actor
    public void subscription(L_Result result) {
        var unused = subscription.next(0);
        CursorToken token = subscription.token(TOPIC, "cluster", NOW);
        result.r1 = token.entries().stream()
                .filter(entry -> entry.epoch().equals(LOG.epoch()))
                .map(entry -> entry.over() ? "ended" : "listed")
                .findFirst()
                .orElse("neither");
    }
}
