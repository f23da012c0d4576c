package dev.gapless.core.consumer;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.Start;
import dev.gapless.core.TopicSettings;
import dev.gapless.core.feed.Placed;
import dev.gapless.core.feed.Unplaced;
import dev.gapless.core.member.MemberEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets the producers of a reader come and go with the members (rules C6 to C8, C10, T1): whom a member turns out to be when it says
 * its name, who is waited for, and who is lost. Not thread-safe.
 */
final class Producers {
    private final TopicSettings settings;
    private final Start startOfPresent;
    private final @Nullable CursorToken token;
    private final Registrations registrations;
    private final Registrar registrar;
    private final FeedWriter writer;

    private boolean begun;
    private boolean ready;

    Producers(
            TopicSettings settings,
            Start startOfPresent,
            @Nullable CursorToken token,
            Registrations registrations,
            Registrar registrar,
            FeedWriter writer) {
        this.settings = settings;
        this.startOfPresent = startOfPresent;
        this.token = token;
        this.registrations = registrations;
        this.registrar = registrar;
        this.writer = writer;
        if (token != null) {
            writer.mustBeListed(withoutPosition(token)); // also before this node is up
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

    boolean hasBegun() {
        return begun;
    }

    /** A subscription is ready: from now on a producer that is lost before it answered is a loss. */
    void setReady() {
        ready = true;
    }

    /** This node is up, and these are the members: the present ones. */
    void begin(List<MemberEvent> members, Now now) {
        if (token != null) {
            waitForListed(token, now.ns());
        }
        onMembers(members, now);
        begun = true;
    }

    private void waitForListed(CursorToken resumed, long nowNs) {
        resumed.positions().forEach((node, position) -> {
            Placed at = position == null ? null : new Unplaced(node, position);
            registrations.add(Registration.ofToken(node, at, nowNs + settings.producerReturnNs()));
        });
        ready = true; // whoever resumes builds on what it has: whatever it cannot get from here on, it is told
    }

    /**
     * Members came, told their names, or went; one's end and its successor's appearance at once, so that no token is of between
     * them, which would know of neither.
     */
    void onMembers(List<MemberEvent> events, Now now) {
        for (MemberEvent event : events) {
            onMember(event, now);
        }
        registrations.forgetLost();
        writer.mustBeListed(registrations.mustBeListed());
    }

    private void onMember(MemberEvent event, Now now) {
        if (event instanceof MemberEvent.Present joined) {
            boolean later = begun || token != null;
            Start start = later ? Start.BEGINNING : startOfPresent;
            registrations.appeared(Registration.ofMember(joined.address(), joined.uid(), start));
        } else if (event instanceof MemberEvent.Named named) {
            onNamed(named, now);
        } else if (event instanceof MemberEvent.Withdrawn) {
            onWithdrawn(event.uid());
        } else if (event instanceof MemberEvent.Removed) {
            onRemoved(event.uid(), now);
        }
    }

    private void onWithdrawn(long withdrawnUid) {
        Registration r = registrations.present(withdrawnUid);
        if (r != null && r.isUnnamed()) {
            registrations.gone(r);
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
            if (known == null) {
                known = byAddress;
            } else if (byAddress.isWaiting()) {
                writer.lost(byAddress, now.ms()); // another life, which is over
            }
        }
        assert known == null || known.uid() == Registration.NO_UID : "two members with the name " + named.node();
        Registration r = known == null ? member : known;
        r.becomeNamed(named.node(), member, now.ns());
        registrations.named(member, r);
        registrar.register(r, now.ns());
    }

    private void onRemoved(long removedUid, Now now) {
        Registration r = registrations.present(removedUid);
        if (r == null) {
            return;
        }
        registrations.gone(r);
        Registration known = registrations.of(r.node());
        if (r.isUnnamed() && known != null && known.uid() == Registration.NO_UID) {
            r = known; // its name was its address: another life of it, which never answered
        }
        r.lifeEnded(removedUid);
        if (r.hasLeft()) {
            registrations.forget(r); // C6
        } else if (r.at() != null) {
            r.becomeWaiting(now.ns() + settings.producerReturnNs()); // C7
        } else {
            registrations.forget(r);
            boolean cameLater = r.asks() instanceof Start.Beginning;
            if (ready
                    || r.isUnknownToToken()
                    || cameLater
                    || startOfPresent instanceof Start.Since) { // the past counts, too
                writer.lost(r, now.ms());
            }
        }
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
            writer.mustBeListed(registrations.mustBeListed());
        }
    }
}
