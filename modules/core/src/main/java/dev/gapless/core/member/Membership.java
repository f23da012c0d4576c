package dev.gapless.core.member;

import dev.gapless.core.wire.Hello;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The members of the cluster, and under which names they go. Names come from the members themselves, by {@link Hello}; a
 * member that does not run Gapless never gets one. While two lives go under one name, the later one waits for the removal
 * of the earlier.
 *
 * <p>Nothing is told before this node is itself up (rule C10). What it has heard by then is told at once, those included that
 * came and went: while a member cannot be reached, which is when members are lost, nobody else gets up. Not thread-safe.
 */
public final class Membership {
    private final long uid;
    private final String node;
    private static final int MOST_GONE = 1_000;

    private final Map<Long, Member> members = new LinkedHashMap<>();
    /** Those who went before this node was up: the latest of them. */
    private final ArrayDeque<MemberEvent> gone = new ArrayDeque<>();

    private boolean up;

    private static final class Member {
        final String address;

        @Nullable String claimed;

        boolean named;

        /** Invariant: not named. It is over for this node, and only its removal is still to come. */
        boolean withdrawn;

        Member(String address) {
            this.address = address;
        }
    }

    /** A membership of this node alone, which is not up yet. */
    public Membership(long uid, String node) {
        this.uid = uid;
        this.node = node;
    }

    /** This node is up: everything known so far happens now. */
    public List<MemberEvent> selfUp() {
        up = true;
        List<MemberEvent> events = new ArrayList<>(gone);
        gone.clear();
        events.addAll(snapshot());
        return events;
    }

    public boolean isUp() {
        return up;
    }

    /** All that led to the present state, for whoever begins now. Empty until this node is up. */
    public List<MemberEvent> snapshot() {
        List<MemberEvent> events = new ArrayList<>();
        if (up) {
            members.forEach((memberUid, member) -> {
                if (!member.withdrawn) {
                    events.add(new MemberEvent.Present(memberUid, member.address));
                }
            });
            members.forEach((memberUid, member) -> {
                if (member.named && member.claimed != null) {
                    events.add(new MemberEvent.Named(memberUid, member.claimed));
                }
            });
        }
        return events;
    }

    /**
     * A member appeared, this node included. Whoever was at its address is gone, even if the news of its removal are still to
     * come: whatever it left undone is told before anything of its successor.
     */
    public List<MemberEvent> appeared(long memberUid, String address) {
        if (members.containsKey(memberUid)) {
            return List.of();
        }
        List<MemberEvent> events = new ArrayList<>();
        predecessor(address).ifPresent(predecessor -> events.addAll(removed(predecessor)));
        Member member = new Member(address);
        members.put(memberUid, member);
        events.add(new MemberEvent.Present(memberUid, address));
        if (memberUid == uid) {
            member.claimed = node;
            events.addAll(nameWhereFree(node));
        }
        return up ? events : List.of();
    }

    /** A member said who it is. Members that are not known yet say it again. */
    public List<MemberEvent> heard(Hello hello) {
        Member member = members.get(hello.fromUid());
        if (member == null || member.claimed != null) {
            return List.of();
        }
        member.claimed = hello.node();
        List<MemberEvent> events = nameWhereFree(hello.node());
        return up ? events : List.of();
    }

    /**
     * A member said that it goes, and never published anything. If it was named, its producers say so themselves; if not, it is as if
     * it had never come.
     */
    public List<MemberEvent> withdrew(long memberUid) {
        Member member = members.get(memberUid);
        if (member == null || member.named || member.withdrawn) {
            return List.of();
        }
        member.withdrawn = true;
        return up ? List.of(new MemberEvent.Withdrawn(memberUid)) : List.of();
    }

    /** A member was removed. */
    public List<MemberEvent> removed(long memberUid) {
        Member member = members.remove(memberUid);
        if (member == null || member.withdrawn) {
            return List.of();
        }
        if (!up) {
            gone.add(new MemberEvent.Present(memberUid, member.address));
            gone.add(new MemberEvent.Removed(memberUid));
            while (gone.size() > 2 * MOST_GONE) {
                gone.remove();
            }
        }
        List<MemberEvent> events = new ArrayList<>();
        events.add(new MemberEvent.Removed(memberUid));
        if (member.named && member.claimed != null) {
            events.addAll(nameWhereFree(member.claimed));
        }
        return up ? events : List.of();
    }

    public boolean contains(long memberUid) {
        return members.containsKey(memberUid);
    }

    /** The uids of all members, in the order in which they appeared. */
    public Set<Long> lives() {
        return new LinkedHashSet<>(members.keySet());
    }

    /** Those that have said their names. */
    public Set<Long> named() {
        Set<Long> named = lives();
        named.removeIf(memberUid -> !hasSaidItsName(memberUid));
        return named;
    }

    /** Has this member said its name? If not, it is asked again. */
    public boolean hasSaidItsName(long memberUid) {
        Member member = members.get(memberUid);
        return member != null && member.claimed != null;
    }

    /** The name of a member, or its address until it has one, or null if it is no member. */
    public @Nullable String nameOf(long memberUid) {
        Member member = members.get(memberUid);
        if (member == null) {
            return null;
        }
        return member.named ? member.claimed : member.address;
    }

    /** Does another member claim this node's own name? Its uid, if one does. */
    public OptionalLong namesake() {
        return first((memberUid, member) -> memberUid != uid && node.equals(member.claimed));
    }

    private OptionalLong predecessor(String address) {
        return first((memberUid, member) -> member.address.equals(address));
    }

    private OptionalLong first(BiPredicate<Long, Member> which) {
        return members.entrySet().stream()
                .filter(entry -> which.test(entry.getKey(), entry.getValue()))
                .mapToLong(Map.Entry::getKey)
                .findFirst();
    }

    private List<MemberEvent> nameWhereFree(String name) {
        Member first = null;
        long firstUid = 0;
        for (Map.Entry<Long, Member> entry : members.entrySet()) {
            Member member = entry.getValue();
            if (name.equals(member.claimed) && !member.withdrawn) {
                if (member.named) {
                    return List.of();
                }
                if (first == null) {
                    first = member;
                    firstUid = entry.getKey();
                }
            }
        }
        if (first == null) {
            return List.of();
        }
        first.named = true;
        return List.of(new MemberEvent.Named(firstUid, name));
    }
}
