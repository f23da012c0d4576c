package dev.gapless.core.topic;

import dev.gapless.core.HistoryView;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.copy.TopicCache;
import dev.gapless.core.delivery.ConsumerMeasures;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.delivery.RegistrationStatus;
import dev.gapless.core.delivery.ResponseTimes;
import dev.gapless.core.delivery.SubscriptionState;
import dev.gapless.core.delivery.TopicConsumer;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.MemberView;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.MemberEvent;
import dev.gapless.core.place.AddressSlot;
import dev.gapless.core.place.KnownMember;
import dev.gapless.core.place.KnownProducer;
import dev.gapless.core.place.Places;
import dev.gapless.core.place.ProducerPlace;
import dev.gapless.core.place.Producers;
import dev.gapless.core.reading.Change;
import dev.gapless.core.reading.Past;
import dev.gapless.core.reading.PlacesSubscription;
import dev.gapless.core.reading.ResumedPlaces;
import dev.gapless.core.reading.SharedTopic;
import dev.gapless.core.wire.Batch;
import dev.gapless.core.wire.Fetched;
import dev.gapless.core.wire.Found;
import dev.gapless.core.wire.Message;
import dev.gapless.core.wire.ToConsumer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The consuming side of one topic on one node: who its producers are, a copy of each one's log, and the open subscriptions, which read what
 * is copied.
 *
 * <p>Subscriptions are read elsewhere; here they are opened, told what producers answer, and closed. Not thread-safe.
 */
public final class PlacesConsumer implements TopicConsumer, LogCopies.Heard {
    private final String topic;
    private final long uid;
    private final TopicSettings settings;
    private final ResponseTimes times;
    private final Outbox outbox;
    private final Effect.Arrived arrived;
    private final ConsumerMeasures measures;

    private final SharedTopic shared;
    private final TopicProducers producers;
    private final CopyRegistrar registrar;
    private final Reach reach;
    private final LogCopies copies;
    private final Fetches fetches;
    private final Forgetting forgetting;

    private final Map<Long, TopicSubscription> open = new LinkedHashMap<>(1);
    /** Those of them that are not ready. */
    private final Map<Long, TopicSubscription> unready = new LinkedHashMap<>(1);

    private boolean up;
    private HistoryView history = HistoryView.NOTHING;

    /**
     * A consumer without a subscription.
     *
     * @param uid this node's incarnation
     * @param times of its shard
     */
    public PlacesConsumer(String topic, long uid, TopicSettings settings, ResponseTimes times, Outbox outbox) {
        this.topic = topic;
        this.uid = uid;
        this.settings = settings;
        this.times = times;
        this.outbox = outbox;
        this.arrived = new Effect.Arrived(topic, null);
        TopicCache cache = new TopicCache(settings.mostInFeed(), settings.mostBytesInFeed());
        this.measures = new CacheMeasures(cache);
        this.shared = new SharedTopic(cache);
        this.producers = new TopicProducers(topic, uid, settings);
        this.reach = new Reach(settings, open.values(), shared);
        this.registrar = new CopyRegistrar(topic, uid, settings, times, outbox, reach);
        this.copies = new LogCopies(topic, settings, producers, cache, reach, registrar, outbox, this);
        this.fetches = new Fetches(topic, settings, cache, copies, outbox);
        this.forgetting = new Forgetting(producers, cache, open.values(), copies::forget);
    }

    /** Does a log keep something for who reads here? */
    public boolean holdsUp() {
        return copies.holdUp();
    }

    /** What its subscriptions read. */
    public SharedTopic shared() {
        return shared;
    }

    // ------------------------------------------------------------------ subscriptions

    @Override
    public SubscriptionState open(long id, Opening opening, Now now) {
        double share = settings.reloadJitterNs() == 0 ? 0 : times.nextShare();
        PlacesSubscription reading = new PlacesSubscription(opening, topic, shared, settings, share, uid);
        TopicSubscription added = new TopicSubscription(id, reading, opening);
        added.readyUntilNs = now.ns() + settings.readyTimeoutNs();
        open.put(id, added);
        unready.put(id, added);
        if (up) {
            moveOn(added, now);
            if (added.ready) {
                unready.remove(id);
            }
            if (forgetting.isDue()) {
                forget(now);
            }
            show(now);
        }
        return added.reading;
    }

    @Override
    public void close(long id) {
        open.remove(id);
        unready.remove(id);
        fetches.forget(id);
        reach.changed();
    }

    @Override
    public boolean isIdle() {
        return open.isEmpty();
    }

    @Override
    public void close() {
        List.copyOf(open.keySet()).forEach(this::close);
        copies.close();
    }

    /** Begins it, if that may be by now, and looks whether it is ready. */
    private void moveOn(TopicSubscription one, Now now) {
        boolean tooLong = one.readyUntilNs - now.ns() <= 0;
        if (!one.begun && (mayBegin(one) || tooLong)) {
            one.begun = true;
            begin(one, now);
        }
        one.awaitedMembers.removeIf(member -> !isAwaited(member));
        if (one.toBeToldAnything
                && (one.awaitedMembers.isEmpty() || tooLong)
                && one.opening instanceof Opening.Resume resume) {
            one.toBeToldAnything = false;
            resumes(one, ResumedPlaces.of(resume, producers, now).begins());
        }
        boolean hasAll = one.begun && one.awaitedMembers.isEmpty() && one.awaited.isEmpty() && history.complete();
        if (hasAll || tooLong) {
            becomeReady(one, now);
        }
    }

    /** Is it remembered here what ended before, and has this node heard of all of whom its token knows? */
    private boolean mayBegin(TopicSubscription one) {
        boolean knows = !(one.opening instanceof Opening.Resume resume)
                || ResumedPlaces.knowsHosts(resume.token(), producers.producers());
        return !one.opening.isFromThePast() || (history.complete() && knows);
    }

    private boolean isAwaited(long member) {
        KnownMember known = producers.member(member);
        CopyRegistration r = known == null ? null : copies.get(known.slot());
        boolean hasAnswered = r != null && (r.isLive() || r.state() == CopyRegistration.State.LEFT);
        return known != null && !hasAnswered;
    }

    private void resumes(TopicSubscription one, Change.Begins begins) {
        one.reading.said(begins);
        producers.succeeded().forEach(one.reading::said);
    }

    private void begin(TopicSubscription one, Now now) {
        if (one.opening instanceof Opening.Resume resume) {
            ResumedPlaces resumed = ResumedPlaces.of(resume, producers, now);
            resumed.waitsFor().forEach(slot -> producers.waitFor(slot, now));
            Change.Begins begins = resumed.begins();
            if (begins.anything() == null && !resumed.statesSeveral()) {
                resumes(one, begins);
            } else {
                one.toBeToldAnything = true; // once it is known where that leads: nothing is told twice
            }
        } else {
            long lastEvent = producers.producers().lastEvent();
            Change.@Nullable AnythingMissed anything = null;
            one.past = Past.opened(lastEvent);
            if (one.opening instanceof Opening.Since since) {
                if (history.complete() && !history.severalClusters()) {
                    one.past = Past.resumed(lastEvent, since.timeMs(), history.marginMs());
                } else { // behind a gap of anything it goes on at what is the newest
                    one.opening = new Opening.Latest();
                    anything = new Change.AnythingMissed(producers.namelessMembers());
                }
            }
            Places places = Places.NONE;
            for (KnownMember member : producers.members()) {
                int slot = member.slot() >= 0 ? member.slot() : producers.nameless(member.uid(), member.address());
                ProducerPlace place = newest(one, slot);
                places = places.with(slot, place);
                if (place instanceof ProducerPlace.Awaited) {
                    one.awaited.add(slot);
                    fetches.find(slot, one.opening.start(), now.ns());
                }
            }
            one.reading.said(new Change.Begins(places, one.past, anything));
        }
        lookForNobody(one);
        producers.members().forEach(member -> one.awaitedMembers.add(member.uid()));
        copies.keepFor(now.ns());
    }

    /** Where a subscription begins that wants what comes from now on: nobody waits for the answer of a log of which all is pushed here. */
    private ProducerPlace newest(TopicSubscription one, int slot) {
        CopyRegistration r = copies.get(slot);
        if (!(one.opening instanceof Opening.Latest) || r == null || !r.isLive() || r.isClosed()) {
            return ProducerPlace.AWAITED;
        }
        return at(r.log().newestHere());
    }

    private static ProducerPlace at(Position position) {
        return new ProducerPlace.At(position.epoch(), position.sequence());
    }

    private void becomeReady(TopicSubscription one, Now now) {
        Set<String> late = new TreeSet<>();
        for (long member : one.awaitedMembers) {
            KnownMember known = producers.member(member);
            if (known != null) {
                late.add(known.name() == null ? known.address() : known.name());
            }
        }
        for (int slot : one.asksForThePast() ? Set.<Integer>of() : one.awaited) {
            KnownProducer producer = producers.producers().get(slot);
            KnownMember host = producers.host(slot);
            if (producer != null && producer.presence() == KnownProducer.Presence.AWAITED) {
                sayNobodyAnswers(one, slot, producer); // whatever it published was before
                continue;
            }
            ProducerPlace place =
                    host == null ? ProducerPlace.UNKNOWN : new ProducerPlace.Unanswered(host.uid(), now.ns());
            one.reading.said(new Change.WentOn(slot, place));
        }
        one.ready = true;
        outbox.add(new Effect.Ready(topic, one.id, late));
    }

    private void moveOn(Now now) {
        for (TopicSubscription one : unready.values()) {
            moveOn(one, now);
        }
        unready.values().removeIf(one -> one.ready);
    }

    /** Says it to all. */
    private void say(Change change) {
        open.values().forEach(one -> one.reading.said(change));
    }

    /** What has changed is there for whoever reads. */
    private void show(Now now) {
        shared.press(copies.presses());
        shared.changed(producers.producers(), now.ms());
    }

    // ------------------------------------------------------------------ members

    @Override
    public void begin(MemberView view, Now now) {
        up = true;
        history = view.history();
        producers.begin(view, now);
        copies.onMembers(now.ns());
        open.values().forEach(one -> one.readyUntilNs = now.ns() + settings.readyTimeoutNs());
        show(now);
        moveOn(now);
        show(now);
    }

    @Override
    public void onMembers(List<MemberEvent> events, MemberView view, Now now) {
        if (view.history().announcedSince(history)) {
            say(new Change.AnythingMissed(producers.namelessMembers()));
        }
        history = view.history();
        producers.newcomers(view.newcomers());
        producers.onMembers(events, history, now);
        for (MemberEvent event : events) {
            if (event instanceof MemberEvent.Removed) {
                reach.changed();
            }
        }
        membersChanged(now);
        show(now);
        moveOn(now);
        show(now);
    }

    /** Names may have become known, members may have come or gone. */
    private void membersChanged(Now now) {
        for (AddressSlot named : producers.takeNamed()) {
            reach.changed();
            say(new Change.NamedNow(named, producers.producers().get(named.named())));
            for (TopicSubscription one : open.values()) {
                if (one.awaited.remove(named.slot())) {
                    one.awaited.add(named.named());
                }
            }
        }
        copies.onMembers(now.ns());
        lookForNobody();
        forget(now);
    }

    /** What ended long ago is forgotten, once every subscription is behind it. */
    private void forget(Now now) {
        if (forgetting.forget(now)) {
            reach.changed();
            outbox.add(arrived);
        }
    }

    /** Of whom nobody is waited for nobody answers any more, nor does a log that has left. */
    private void lookForNobody() {
        open.values().forEach(this::lookForNobody);
    }

    private void lookForNobody(TopicSubscription one) {
        one.awaited.removeIf(slot -> {
            KnownProducer producer = producers.producers().get(slot);
            CopyRegistration r = copies.get(slot);
            boolean isGone = producer == null
                    || producer.presence() == KnownProducer.Presence.GONE
                    || (r != null && r.state() == CopyRegistration.State.LEFT);
            if (isGone) {
                sayNobodyAnswers(one, slot, producer);
            }
            return isGone;
        });
    }

    private static void sayNobodyAnswers(TopicSubscription one, int slot, @Nullable KnownProducer producer) {
        boolean isMissed = one.opening instanceof Opening.Since || (one.asksForThePast() && one.ready);
        if (isMissed) {
            one.reading.said(new Change.BeginsAt(slot, ProducerPlace.UNKNOWN));
        } else if (!one.ready) {
            long lastEvent = producer == null ? -1 : producer.lastEvent();
            one.reading.said(new Change.NobodyAnswers(slot, lastEvent));
        }
    }

    @Override
    public void onSilent(long silentUid, long nowNs) {
        copies.onSilent(silentUid, nowNs);
        shared.changed(producers.producers(), shared.changedMs());
    }

    // ------------------------------------------------------------------ messages and room

    @Override
    public void onMessage(ToConsumer message, Now now) {
        if (message instanceof Fetched fetched) {
            fetches.onFetched(fetched, now.ns());
        } else if (message instanceof Found found) {
            onFound(found, now.ns());
        } else {
            if (message instanceof Batch batch) {
                fetches.pushed(Batch.sizeBytes(batch.slices()));
            }
            copies.onMessage(message, now.ns());
        }
        if (producers.hasNamed()) { // else nothing of what a log says concerns members
            membersChanged(now);
        }
        CopyRegistration r = copies.of(message.session());
        if (r != null && r.state() == CopyRegistration.State.LEFT) {
            lookForNobody();
        }
        if (r == null) {
            show(now);
        } else {
            shared.press(copies.presses());
            shared.changed(r.slot(), producers.producers(), now.ms());
        }
        if (up && !unready.isEmpty()) {
            moveOn(now);
            show(now);
        }
        if (!(message instanceof Fetched)) { // that wakes who wanted it
            outbox.add(arrived);
        }
    }

    @Override
    public void answered(CopyRegistration r, long quietSinceNs, long nowNs) {
        fetches.ended(r.slot());
        KnownProducer producer = producers.producers().get(r.slot());
        ProducerPlace.At front = producer == null ? null : producer.beforeAll();
        if (front != null) {
            say(new Change.NothingThere(r.slot(), front));
        }
        producers.succeeded(r.slot()).forEach(this::say);
        shared.changed(producers.producers(), shared.changedMs()); // what is acknowledged next goes by it
        Change answered = new Change.Answered(r.slot(), at(r.log().newestStated()), r.host(), quietSinceNs);
        for (TopicSubscription one : open.values()) {
            if (!one.awaited.contains(r.slot())) {
                continue;
            }
            if (one.asksForThePast()) {
                fetches.find(r.slot(), one.opening.start(), nowNs);
            } else {
                one.reading.said(answered);
                one.awaited.remove(r.slot());
            }
        }
    }

    @Override
    public void overrun(CopyRegistration r, Position before) {
        outbox.add(new Effect.Missed(
                topic,
                r.status().node(),
                Message.SHARED_READER,
                Reason.OVERRUN,
                before,
                r.log().position(r.log().newest())));
    }

    private void onFound(Found message, long nowNs) {
        CopyRegistration r = fetches.onFound(message);
        if (r == null) {
            return;
        }
        boolean has = message.lost() == null || message.lost() == Reason.OVERRUN;
        boolean isSomewhere = false;
        for (TopicSubscription one : open.values()) {
            if (message.start() instanceof Start.After after) {
                isSomewhere |= found(one, r, after.position(), has);
            } else if (one.awaited.contains(r.slot()) && one.opening.start().equals(message.start())) {
                one.reading.said(beginning(one, r, message));
                one.awaited.remove(r.slot());
                isSomewhere = true;
            }
        }
        if (isSomewhere) {
            copies.keepFor(nowNs);
        }
    }

    /** Where a subscription begins that asked a log for that. What ended while it waited for the answer is lost, and comes first. */
    private Change beginning(TopicSubscription one, CopyRegistration r, Found message) {
        boolean counts = one.opening instanceof Opening.Since || one.ready;
        KnownProducer producer = producers.producers().get(r.slot());
        if (one.asksForThePast() && counts && producer != null && one.missesEarlier(producer, r.host())) {
            return new Change.NobodyAnswers(r.slot(), -1); // from the first that was not over when it began
        }
        if (message.lost() == Reason.OVERRUN) {
            return new Change.BeginsAt(r.slot(), at(r.log().front())); // what was overwritten may be of that time
        }
        Position next = message.next();
        // Once ready() went on without it everything counts, whatever its clock says of when that was published.
        boolean isKnown = message.lost() == null && (!one.ready || r.log().isFirst(next));
        return new Change.BeginsAt(
                r.slot(), isKnown ? new ProducerPlace.At(next.epoch(), next.sequence() - 1) : ProducerPlace.UNKNOWN);
    }

    /** {@return is that said to it?} */
    private boolean found(TopicSubscription one, CopyRegistration r, Position position, boolean has) {
        Producers known = producers.producers();
        Change change = one.reading.howFar().found(known, r.slot(), position, has);
        if (change != null) {
            one.reading.said(change);
        }
        return change != null;
    }

    @Override
    public void onRoom(long id, Now now) {
        TopicSubscription one = open.get(id);
        if (one != null) {
            fetches.wants(one);
            fetches.ask(now.ns());
        }
        copies.onRoom(now.ns());
        shared.press(copies.presses());
    }

    @Override
    public void onRoom() {
        // The room that a subscription leaves is found when the next one reads, or at the next heartbeat.
    }

    @Override
    public void limit(long bytes) {
        long most = Math.min(bytes, settings.mostBytesInFeed());
        if (shared.cache().maxBytes() != most) {
            shared.cache().limit(most, reach);
        }
    }

    @Override
    public Effect.Arrived arrivedEffect() {
        return arrived;
    }

    // ------------------------------------------------------------------ time

    @Override
    public void onTime(Now now) {
        long version = producers.producers().version();
        producers.onTime(now);
        copies.onTime(now.ns());
        open.values().forEach(fetches::wants);
        fetches.onTime(now.ns());
        for (TopicSubscription one : open.values()) {
            one.awaited.forEach(slot -> fetches.find(slot, one.opening.start(), now.ns()));
        }
        if (settings.maxAgeNs() > 0) {
            shared.cache().dropUntil(now.ns() - settings.maxAgeNs());
        }
        lookForNobody();
        if (producers.producers().version() != version) {
            show(now);
        }
        if (up && !unready.isEmpty()) {
            moveOn(now);
            show(now);
        }
    }

    @Override
    public long deadlineNs(long nowNs) {
        long wait = Math.min(producers.dueInNs(nowNs), copies.dueInNs(nowNs));
        wait = Math.min(wait, fetches.dueInNs(nowNs));
        if (up && !unready.isEmpty()) {
            wait = Math.min(wait, unready.values().iterator().next().readyUntilNs - nowNs);
        }
        long oldestNs = settings.maxAgeNs() > 0 ? shared.cache().oldestNs() : Long.MAX_VALUE;
        if (oldestNs != Long.MAX_VALUE) {
            wait = Math.min(wait, oldestNs + settings.maxAgeNs() - nowNs);
        }
        return wait == Long.MAX_VALUE ? wait : nowNs + Math.max(0, wait);
    }

    // ------------------------------------------------------------------ who takes over for a node that is gone

    @Override
    public void addAwaitedNodes(Set<String> nodes) {
        producers.addAwaitedNodes(nodes);
    }

    // ------------------------------------------------------------------ for people

    @Override
    public ConsumerMeasures measures() {
        return measures;
    }

    @Override
    public List<RegistrationStatus> registrations() {
        return copies.statuses();
    }

    @Override
    public long registrationFailures() {
        return registrar.failures();
    }

    @Override
    public long registeredAgain() {
        return registrar.again();
    }

    @Override
    public Map<Reason, Long> expiries() {
        return shared.told();
    }
}
