package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Departure;
import dev.gapless.core.HistoryView;
import dev.gapless.core.LogEnd;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.At;
import dev.gapless.core.feed.Passed;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.member.MemberEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets the producers of a reader come and go with the members (rules C6 to C8, C10, T1): whom a member turns out to be when it says
 * its name, who is waited for, and who is lost. Not thread-safe.
 */
final class Producers {
    private final String topic;
    private final TopicSettings settings;
    private final Start startOfPresent;
    private final @Nullable CursorToken token;
    private final Registrations registrations;
    private final Registrar registrar;
    private final FeedWriter writer;
    private final Ends ends;

    /** Those of whose farewell it was told when it began. */
    private Set<Long> gone = Set.of();

    /** Did the subscription of its token leave out messages that this one may want? */
    private boolean leftOut;

    private boolean begun;
    private boolean ready;

    Producers(
            String topic,
            TopicSettings settings,
            Start startOfPresent,
            @Nullable CursorToken token,
            Registrations registrations,
            Registrar registrar,
            FeedWriter writer,
            Ends ends) {
        this.topic = topic;
        this.ends = ends;
        this.settings = settings;
        this.startOfPresent = startOfPresent;
        this.token = token;
        this.registrations = registrations;
        this.registrar = registrar;
        this.writer = writer;
        if (token != null) {
            writer.know(withoutPosition(token), Passed.NOTHING); // also before this node is up
        }
    }

    private static Set<String> withoutPosition(CursorToken token) {
        Set<String> nodes = new HashSet<>();
        token.positions().forEach((node, position) -> {
            if (position == null) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    void hasLeftOut() {
        leftOut = true;
    }

    boolean hasBegun() {
        return begun;
    }

    /** A subscription is ready: from now on a producer that is lost before it answered is a loss. */
    void setReady() {
        ready = true;
    }

    /**
     * This node is up, these are the members, the present ones, and this is remembered of others.
     *
     * @param over producers that its subscription takes for over from the start
     */
    void begin(List<MemberEvent> members, HistoryView history, Set<String> over, Now now) {
        Past past = new Past(topic, history, members, over, writer, now);
        if (leftOut) {
            writer.leftOut(now.ms());
        }
        if (token != null) {
            past.resume(token).forEach((node, position) -> waitFor(node, position, now.ns()));
            ready = true; // whoever resumes builds on what it has: whatever it cannot get from here on, it is told
        } else if (startOfPresent instanceof Start.Since since) {
            past.since(since.timeMs());
        }
        gone = past.gone();
        ends.begin(history, past.told(), past.unknown());
        onMembers(members, history, now);
        begun = true;
    }

    /** The same, at positions that its subscriptions have reached, which were told already what ended. */
    void beginAgain(List<MemberEvent> members, HistoryView history, Now now) {
        Objects.requireNonNull(token).positions().forEach((node, position) -> waitFor(node, position, now.ns()));
        ready = true;
        ends.beginAgain(history);
        onMembers(members, history, now);
        begun = true;
    }

    private void waitFor(String node, @Nullable Position position, long nowNs) {
        Placed at = position == null ? null : new Unplaced(node, position);
        registrations.add(Registration.ofToken(node, at, nowNs + settings.producerReturnNs()));
    }

    /**
     * Members came, told their names, or went; one's end and its successor's appearance at once, so that no token is of between
     * them, which would know of neither.
     */
    void onMembers(List<MemberEvent> events, HistoryView history, Now now) {
        for (MemberEvent event : events) {
            onMember(event, now);
        }
        if (begun && ends.areToBeTold(history)) {
            writer.unknown(history.id(), now.ms()); // in front of whatever those say that come
            ends.told();
        }
        registrations.forgetLost();
        ends.know(history);
        settle();
    }

    /** Looks what tokens have to say from now on. */
    void settle() {
        writer.know(registrations.mustBeListed(), ends.settle(registrations::isOpen));
    }

    private void onMember(MemberEvent event, Now now) {
        if (event instanceof MemberEvent.Present joined) {
            if (gone.contains(joined.uid())) {
                return; // its end was told before this node heard of it as a member
            }
            boolean later = begun || token != null;
            Start start = later ? Start.BEGINNING : startOfPresent;
            registrations.appeared(Registration.ofMember(joined.address(), joined.uid(), start));
        } else if (event instanceof MemberEvent.Named named) {
            onNamed(named, now);
        } else if (event instanceof MemberEvent.Removed removed) {
            onRemoved(removed, now);
        }
    }

    private void onNamed(MemberEvent.Named named, Now now) {
        Registration member = registrations.present(named.uid());
        if (member == null || !member.isUnnamed()) {
            return;
        }
        Registration known = registrations.of(named.node());
        Registration byAddress = registrations.of(member.node()); // a token may know it by its address alone
        if (byAddress != null && byAddress != known && byAddress.isOnlyInToken()) {
            registrations.forget(byAddress);
            // Also where its end was told already: what the token lists under the name is not what it lists under the
            // address.
            boolean another =
                    known != null || Objects.requireNonNull(token).positions().containsKey(named.node());
            if (!another && byAddress.at() == null) {
                known = byAddress;
            } else if (byAddress.isWaiting()) {
                writer.lost(byAddress, now.ms()); // another life, which is over
            }
        }
        assert known == null || known.uid() == Registration.NO_UID : "two members with the name " + named.node();
        Registration r = known == null ? member : known;
        r.becomeNamed(named.node(), member, now.ns());
        CursorToken.Lost lost = token == null || r.at() != null ? null : token.lost(named.node(), named.uid());
        if (lost != null && lost.node().equals(named.node())) {
            r.becomeFound(new Unplaced(lost.node(), lost.position()));
        }
        registrations.named(member, r);
        registrar.register(r, now.ns());
    }

    private void onRemoved(MemberEvent.Removed removed, Now now) {
        long removedUid = removed.uid();
        ends.heard(removedUid);
        Registration r = registrations.present(removedUid);
        if (r == null) {
            return;
        }
        registrations.gone(r);
        Map<String, LogEnd> published = removed.published();
        Registration named = r.isUnnamed() ? unplaced(new Departure(removedUid, r.node(), now.ms(), published)) : null;
        if (named != null && endsAsOfToken(named, removedUid, published == null ? null : published.get(topic), now)) {
            return;
        }
        Registration known = registrations.of(r.node());
        if (r.isUnnamed() && known != null && known.uid() == Registration.NO_UID) {
            r = known; // its name was its address: another life of it, which never answered
        }
        r.lifeEnded(removedUid);
        if (r.hasLeft()) {
            registrations.forget(r); // C6
        } else if (published != null && isExact(r, removedUid, published.get(topic))) {
            registrations.forget(r);
            endsExactly(r, removedUid, published.get(topic), now.ms());
        } else if (r.at() != null) {
            writer.counts(r);
            wentUnheard(r, removed, now.ms());
            r.becomeWaiting(now.ns() + settings.producerReturnNs()); // C7
        } else {
            registrations.forget(r);
            if (isLost(r)) {
                writer.lost(r, now.ms());
            }
        }
    }

    /**
     * It is told once: here, if it said what it published, or once it was waited for. Another life of its name may be a member yet: that one
     * is asked from its beginning. {@return whether it is told as of the token's position}
     */
    private boolean endsAsOfToken(Registration r, long uid, @Nullable LogEnd ended, Now now) {
        boolean isWaitedFor = r.isWaiting() && r.isOnlyInToken();
        boolean isAnother = r.uid() != Registration.NO_UID;
        if (!isWaitedFor && !isAnother) {
            return false;
        }
        Position position = Objects.requireNonNull(r.position());
        Set<Long> present = new HashSet<>();
        registrations.present().forEach(other -> present.add(other.uid()));
        if (ended != null
                && position.epoch().equals(ended.log().epoch())
                && position.sequence() <= ended.head()
                && writer.endedAfter(r.node(), uid, ended, position, present, now.ms())) {
            if (isAnother) {
                r.becomeAnother();
                registrar.register(r, now.ns());
            } else {
                registrations.forget(r);
            }
            return true;
        }
        return isWaitedFor;
    }

    /**
     * The producer of whose position that is, if nobody has answered for it, and the wait for it is not over; or null. The members may know
     * it by its address alone. If the wait was in vain, that was told, and whatever it published since is told as of its address.
     */
    private @Nullable Registration unplaced(Departure departure) {
        CursorToken.Seen seen = token == null ? null : token.seen();
        LogEnd ended = departure.endOf(topic);
        for (Registration r : registrations.withNames()) {
            if (r.at() instanceof Unplaced at && !r.isLost()) {
                long uid =
                        seen == null ? Registration.NO_UID : seen.lives().getOrDefault(r.node(), Registration.NO_UID);
                if (uid == departure.uid()
                        || (ended != null && ended.log().epoch().equals(at.epoch()))) {
                    return r;
                }
            }
        }
        return null;
    }

    /**
     * The position of a token may be of a later life than one that went before anybody answered for it: then it says nothing of that one,
     * unless the token knows that it ended (rule T2).
     */
    private void wentUnheard(Registration r, MemberEvent.Removed removed, long nowMs) {
        CursorToken.Seen seen = token == null ? null : token.seen();
        if (token == null || seen == null || r.hasEverAnswered() || seen.ended().contains(removed.uid())) {
            return;
        }
        Departure departure = new Departure(removed.uid(), r.node(), nowMs, removed.published());
        LogEnd ended = departure.endOf(topic);
        boolean isOfPosition = seen.lives().getOrDefault(r.node(), Registration.NO_UID) == removed.uid()
                || token.lost(r.node(), removed.uid()) != null
                || (ended != null
                        && ended.log()
                                .epoch()
                                .equals(Objects.requireNonNull(r.position()).epoch()));
        if (!isOfPosition) {
            writer.departed(departure, true, null, nowMs);
        }
    }

    /** Does what it said that it published put an end to all that is waited for? Not if an earlier life of its node is. */
    private static boolean isExact(Registration r, long uid, @Nullable LogEnd ended) {
        if (!(r.at() instanceof At at)) {
            return r.at() == null && !r.isUnknownToToken();
        }
        return r.answeredUid() == uid
                && (ended == null
                        ? at.sequence() < at.first()
                        : ended.log().epoch().equals(at.epoch()) && ended.head() >= at.sequence());
    }

    private void endsExactly(Registration r, long uid, @Nullable LogEnd ended, long nowMs) {
        if (r.at() instanceof At at) {
            if (ended == null) {
                writer.left(r, at);
            } else {
                writer.ended(r.node(), uid, ended, at, nowMs);
            }
        } else if (ended != null && isLost(r)) {
            Position position = token == null
                    ? null
                    : token.reachedIn(ended); // its wait was in vain, as one that never said its name
            if (position == null) {
                writer.ended(r.node(), uid, ended, null, nowMs);
            } else {
                writer.endedAfter(position, r.node(), uid, ended, nowMs);
            }
        }
    }

    /** Is it a loss that it ended without having given a position? */
    private boolean isLost(Registration r) {
        boolean cameLater = r.asks() instanceof Start.Beginning;
        return ready
                || r.isUnknownToToken()
                || cameLater
                || startOfPresent instanceof Start.Since; // the past counts, too
    }

    /** Those that were waited for long enough (C7). Should one that nobody here has heard of be there all the same, it goes on. */
    void giveUpOverdue(Now now) {
        List<Registration> overdue = new ArrayList<>();
        for (Registration r : registrations.withNames()) {
            if (r.phase() instanceof Phase.Waiting waiting && waiting.dueNs() - now.ns() <= 0) {
                overdue.add(r);
            }
        }
        if (!overdue.isEmpty()) {
            for (Registration r : overdue) {
                writer.lost(r, now.ms());
                r.becomeLost();
            }
            registrations.forgetLost(); // once for all of them: a token may have named a thousand
            settle();
        }
    }
}
