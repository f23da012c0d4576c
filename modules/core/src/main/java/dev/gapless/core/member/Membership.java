package dev.gapless.core.member;

import dev.gapless.core.Departure;
import dev.gapless.core.Epoch;
import dev.gapless.core.wire.Farewell;
import dev.gapless.core.wire.Hello;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The members of the cluster, and under which names they go. Names come from the members themselves, by {@link Hello}; a
 * member that does not run Gapless never gets one. While two incarnations go under one name, the later one waits for the removal
 * of the earlier.
 *
 * <p>Nothing is told before this node is itself up (rule C10). What it has heard by then is told at once, and who came and
 * went is in the {@link History}. Not thread-safe.
 */
public final class Membership {
    private final long uid;
    private final String node;
    private final History history;
    private final Map<Long, Member> members = new LinkedHashMap<>();
    /**
     * Incarnations that were seen joining, in this order, and are not known to be up. By their own view they may be, and have published.
     * Invariant: none of them is among the members.
     */
    private final Map<Long, Member> joining = new LinkedHashMap<>();

    private boolean up;

    private static final class Member {
        final String address;

        @Nullable String claimed;

        boolean named;

        /** Since when it runs, by the cluster's time, once it has said its name. */
        long sinceMs;

        final FarewellParts farewell = new FarewellParts();
        /** What it said that it published, when it left. */
        @Nullable Map<Epoch, Long> published;
        /** It said that it leaves. */
        boolean leaves;
        /** When another one ended that had said the same name: it began when this one had ended, whatever was seen first. */
        long successorEndedMs = Long.MAX_VALUE;

        Member(String address) {
            this.address = address;
        }

        /** The name that it said, or its address. */
        String saidName() {
            return claimed == null ? address : claimed;
        }

        /** It ended at that time. */
        Departure departure(long uid, long timeMs) {
            return new Departure(uid, saidName(), timeMs, published);
        }
    }

    /** A membership of this node alone, which is not up yet. */
    public Membership(long uid, String node, History history) {
        this.uid = uid;
        this.node = node;
        this.history = history;
    }

    /** This node is up: everything known so far happens now. */
    public List<MemberEvent> selfUp() {
        up = true;
        return snapshot();
    }

    public boolean isUp() {
        return up;
    }

    /** All that led to the present state, for whoever begins now. Empty until this node is up. */
    public List<MemberEvent> snapshot() {
        List<MemberEvent> events = new ArrayList<>();
        if (up) {
            members.forEach((memberUid, member) -> events.add(new MemberEvent.Present(memberUid, member.address)));
            members.forEach((memberUid, member) -> {
                if (member.named && member.claimed != null) {
                    events.add(new MemberEvent.Named(memberUid, member.claimed, member.sinceMs));
                }
            });
        }
        return events;
    }

    /** An incarnation joins. Nothing is told of it before it is up, or is gone: then it came and went. */
    public void joining(long memberUid, String address) {
        if (memberUid != uid && !members.containsKey(memberUid)) {
            joining.putIfAbsent(memberUid, new Member(address));
        }
    }

    /**
     * A member appeared, this node included. Whoever was at its address is gone, even if the news of its removal are still to
     * come: whatever it left undone is told before anything of its successor.
     */
    public List<MemberEvent> appeared(long memberUid, String address, long timeMs) {
        if (members.containsKey(memberUid)) {
            return List.of();
        }
        List<MemberEvent> events = new ArrayList<>();
        predecessors(memberUid, address).forEach(predecessor -> events.addAll(removed(predecessor, timeMs)));
        Member seenBefore = joining.remove(memberUid);
        Member member = seenBefore == null ? new Member(address) : seenBefore;
        members.put(memberUid, member);
        events.add(new MemberEvent.Present(memberUid, address));
        if (memberUid == uid) {
            member.claimed = node;
            member.sinceMs = timeMs;
            events.addAll(nameWhereFree(node));
        }
        return up ? events : List.of();
    }

    /** A member said who it is, at this time of the cluster. Members that are not known yet say it again. */
    public List<MemberEvent> heard(Hello hello, long timeMs) {
        Member member = members.get(hello.fromUid());
        if (member == null || member.claimed != null) {
            return List.of();
        }
        member.claimed = hello.node();
        member.sinceMs = timeMs - hello.ageMs();
        member.published = hello.publishes() ? member.published : Map.of();
        List<MemberEvent> events = nameWhereFree(hello.node());
        return up ? events : List.of();
    }

    /**
     * A part of what a member, or one that is joining, says of its end: that it leaves, and what it published. All parts together count once it is
     * removed; if one has not come, it has said nothing.
     */
    public void farewell(Farewell farewell) {
        Member member = members.getOrDefault(farewell.fromUid(), joining.get(farewell.fromUid()));
        Map<Epoch, Long> published = member == null ? null : member.farewell.add(farewell);
        if (member != null && published != null) {
            member.published = published;
            member.leaves = true;
        }
    }

    /** A member was removed, or one that was joining: it may have been up all the same. */
    public List<MemberEvent> removed(long memberUid, long timeMs) {
        Member newcomer = joining.get(memberUid);
        if (newcomer != null) {
            List<MemberEvent> events = new ArrayList<>(appeared(memberUid, newcomer.address, timeMs));
            events.addAll(removed(memberUid, timeMs));
            return events;
        }
        Member member = members.remove(memberUid);
        if (member == null) {
            return List.of();
        }
        history.saw(member.departure(memberUid, timeMs), member.successorEndedMs);
        if (!member.named && member.claimed != null) {
            holderOf(member.claimed)
                    .ifPresent(holder -> holder.successorEndedMs = Math.min(holder.successorEndedMs, timeMs));
        }
        List<MemberEvent> events = new ArrayList<>();
        events.add(new MemberEvent.Removed(memberUid, member.published));
        if (member.named && member.claimed != null) {
            events.addAll(nameWhereFree(member.claimed));
        }
        return up ? events : List.of();
    }

    private Optional<Member> holderOf(String name) {
        return members.values().stream()
                .filter(other -> other.named && name.equals(other.claimed))
                .findFirst();
    }

    /** Has another member, or one that joins, one of these names? It goes by its address until it has said its name. */
    public boolean hasOneCalled(Set<String> names) {
        return others().anyMatch(other -> names.contains(other.getValue().saidName()));
    }

    private Stream<Map.Entry<Long, Member>> others() {
        return Stream.concat(members.entrySet().stream(), joining.entrySet().stream())
                .filter(member -> member.getKey() != uid);
    }

    /** Host and port of all members. */
    public Set<String> addresses() {
        Set<String> addresses = new HashSet<>();
        members.values().forEach(member -> addresses.add(member.address));
        return addresses;
    }

    /** Is another member, or one that joins, at this host and port? */
    public boolean hasOneAt(String address) {
        return others().anyMatch(other -> other.getValue().address.equals(address));
    }

    /** Host and port of a member, or of one that is joining; empty if it is neither. */
    public String addressOf(long memberUid) {
        Member member = members.getOrDefault(memberUid, joining.get(memberUid));
        return member == null ? "" : member.address;
    }

    /** The name that a member, or one that is joining, has said; its address until then. */
    public String saidNameOf(long memberUid) {
        Member member = members.getOrDefault(memberUid, joining.get(memberUid));
        return member == null ? "" : member.saidName();
    }

    public boolean contains(long memberUid) {
        return members.containsKey(memberUid);
    }

    /** Has a member, or one that joins, said that it leaves? If not, and it is removed, it may live on, whether it publishes or not. */
    public boolean saysThatItLeaves(long memberUid) {
        Member member = members.getOrDefault(memberUid, joining.get(memberUid));
        return member != null && member.leaves;
    }

    /** Is it a member, or joining? */
    public boolean knows(long memberUid) {
        return members.containsKey(memberUid) || joining.containsKey(memberUid);
    }

    /** The uids of all members, in the order in which they appeared. */
    public Set<Long> incarnations() {
        return new LinkedHashSet<>(members.keySet());
    }

    /** The uids of those that join. */
    public Set<Long> newcomers() {
        return new LinkedHashSet<>(joining.keySet());
    }

    /** The uids of all members, and of those that join. */
    public Set<Long> incarnationsAndNewcomers() {
        Set<Long> incarnations = incarnations();
        incarnations.addAll(joining.keySet());
        return incarnations;
    }

    /** Those that have said their names. */
    public Set<Long> named() {
        Set<Long> named = incarnations();
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

    /** Who was at that address before: members, and those that joined earlier. */
    private List<Long> predecessors(long memberUid, String address) {
        List<Long> uids = new ArrayList<>();
        members.forEach((other, member) -> {
            if (member.address.equals(address)) {
                uids.add(other);
            }
        });
        for (Map.Entry<Long, Member> other : joining.entrySet()) {
            if (other.getKey() == memberUid) {
                break;
            } else if (other.getValue().address.equals(address)) {
                uids.add(other.getKey());
            }
        }
        return uids;
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
            if (name.equals(member.claimed)) {
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
        return List.of(new MemberEvent.Named(firstUid, name, first.sinceMs));
    }
}
