package dev.gapless.testkit.internal;

import dev.gapless.core.wire.Packet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A cluster in which news travel at once, and messages too, where no link is cut. For {@link Turns}, one at a time. */
public final class Links {
    private final Turns turns;
    /** By uid, in the order in which they joined; one that has crashed stays until it is removed. */
    private final Map<Long, TestMember> members = new LinkedHashMap<>();
    /** Of all that ever joined, by uid. */
    private final Map<Long, String> names = new HashMap<>();
    /** One way each. */
    private final Set<Link> cut = new HashSet<>();
    /** Of what they send nothing arrives, not even on their own node. */
    private final Set<String> mute = new HashSet<>();

    private record Link(String from, String to) {}

    public Links(Turns turns) {
        this.turns = turns;
    }

    /** A process joins; who was at its address before is removed first. */
    void join(TestMember joining) {
        List.copyOf(members.values()).stream()
                .filter(member -> member.name().equals(joining.name()))
                .forEach(this::remove);
        for (TestMember member : members.values()) {
            appear(member, joining);
            appear(joining, member);
        }
        members.put(joining.uid(), joining);
        names.put(joining.uid(), joining.name());
        turns.add(joining, joining::up);
    }

    private void appear(TestMember at, TestMember who) {
        turns.add(at, () -> at.appeared(who.uid(), who.address()));
    }

    /** The node of that process. */
    String nameOf(long uid) {
        return names.getOrDefault(uid, Long.toHexString(uid));
    }

    /** It is no member any more. */
    void remove(TestMember process) {
        if (members.remove(process.uid()) != null) {
            others(process).forEach(member -> turns.add(member, () -> member.removed(process.uid())));
        }
    }

    /** The others find that it cannot be reached, or can be again. */
    void reachability(TestMember process, boolean reachable) {
        others(process).forEach(member -> turns.add(member, () -> member.reachability(process.uid(), reachable)));
    }

    /** Nothing that one of them sends arrives at the other. */
    public void cut(String one, String other) {
        cut.add(new Link(one, other));
        cut.add(new Link(other, one));
    }

    /** The links between them work again. */
    public void heal(String one, String other) {
        cut.remove(new Link(one, other));
        cut.remove(new Link(other, one));
    }

    /** Nothing that it sends arrives anywhere, not even on its own node; or everything again. */
    public void mute(String node, boolean silent) {
        if (silent) {
            mute.add(node);
        } else {
            mute.remove(node);
        }
    }

    boolean isCut(TestMember from, TestMember to) {
        return mute.contains(from.name()) || cut.contains(new Link(from.name(), to.name()));
    }

    void send(TestMember from, long toUid, Packet message) {
        TestMember to = members.get(toUid);
        if (to != null && !isCut(from, to)) {
            turns.add(to, () -> {
                if (!isCut(from, to)) {
                    to.receive(message);
                }
            });
        }
    }

    /** Has everybody all that those have published whom it hears? */
    public boolean areLevel() {
        for (TestMember consumer : members.values()) {
            for (TestMember producer : members.values()) {
                if (!isCut(consumer, producer)
                        && !isCut(producer, consumer)
                        && !new Backlog(producer, consumer).isEmpty()) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<TestMember> others(TestMember than) {
        List<TestMember> others = new ArrayList<>(members.values());
        others.remove(than);
        return others;
    }
}
