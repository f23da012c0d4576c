package dev.gapless.core.wire;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * From the oldest member of a cluster to the oldest of another one, which is to give way; and from that one to its members (rule M4).
 *
 * @param fromUid the sender's incarnation
 * @param toUid the incarnation that it is meant for
 * @param address where the oldest member of the cluster that stays is: host and port
 * @param startedMs when that one was started, by its own clock, in milliseconds since 1970
 * @param stay the members of the cluster that stays
 * @param giveWay those of the one that gives way, as that one said
 */
public record GiveWay(long fromUid, long toUid, String address, long startedMs, Set<Long> stay, Set<Long> giveWay)
        implements NodeMessage {
    public GiveWay {
        stay = Collections.unmodifiableSet(new TreeSet<>(stay)); // in one order in every run
        giveWay = Collections.unmodifiableSet(new TreeSet<>(giveWay));
    }
}
