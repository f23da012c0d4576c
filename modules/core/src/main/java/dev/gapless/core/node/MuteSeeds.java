package dev.gapless.core.node;

import dev.gapless.core.Now;
import dev.gapless.core.effect.Effect;
import dev.gapless.core.effect.Outbox;
import dev.gapless.core.member.Membership;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Seed nodes at which a member went without a farewell, and at which somebody listens since then and says no word (rule M4). After a
 * partition that both sides survive each drops what the other one says: all that can be seen is that its nodes listen.
 *
 * <p>Only seed nodes: any other address may have been given to another program. Not thread-safe.
 */
final class MuteSeeds {
    /** So many graces without a word, and everybody is told. */
    private static final int PATIENCE = 6;
    /** So many graces in which nobody was found to listen, and the silence is over. */
    private static final int OVER = 2;

    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Memory memory;
    private final Outbox outbox;
    /** Invariant: seed nodes' addresses alone. */
    private final Map<String, Mute> byAddress = new TreeMap<>();

    private boolean speaks;

    /** A seed node whose member went without a farewell. */
    private static final class Mute {
        final long uid;
        final String node;
        final String address;
        /** Since when somebody listens there without a word; null before that is seen, and wherever it begins anew. */
        @Nullable Long sinceNs;
        /** When somebody listened there last, or when this node began to look. */
        long listenedNs;
        /** Everybody was told. What is published there from then on is told when the silence is over. */
        boolean told;

        Mute(long uid, String node, String address) {
            this.uid = uid;
            this.node = node;
            this.address = address;
        }

        boolean isSilentFor(long ns) {
            return !told && sinceNs != null && listenedNs - sinceNs >= ns;
        }
    }

    MuteSeeds(OtherClusterSettings settings, Membership membership, Memory memory, Outbox outbox) {
        this.settings = settings;
        this.membership = membership;
        this.memory = memory;
        this.outbox = outbox;
    }

    /** A member went without a farewell. */
    void lost(long uid, String node, String address) {
        Mute before = byAddress.get(address);
        if (settings.seedNodes().contains(address) && (before == null || !before.told)) {
            byAddress.put(address, new Mute(uid, node, address));
        }
    }

    /** Somebody listens at this address. */
    void listens(String address, Now now) {
        Mute mute = byAddress.get(address);
        if (mute != null) {
            mute.sinceNs = mute.sinceNs == null ? Long.valueOf(now.ns()) : mute.sinceNs;
            mute.listenedNs = now.ns();
        }
    }

    /** Whoever is at this address has said something. */
    void isHeard(String address, Now now) {
        Mute mute = byAddress.get(address);
        if (mute != null) {
            isOver(mute, now);
        }
    }

    /**
     * Once an interval.
     *
     * @param speaksNow whether this node speaks for its cluster: then it asks, and tells
     * @param late whether it stood still, and may have missed a word
     */
    void onTime(boolean speaksNow, boolean late, Now now) {
        if (speaksNow && (late || !speaks)) {
            byAddress.values().forEach(mute -> {
                mute.sinceNs = null;
                mute.listenedNs = now.ns();
                mute.told |= memory.wasToldOfMute(mute.uid); // perhaps by the one that spoke before
            });
        }
        speaks = speaksNow;
        if (speaks) {
            byAddress.values().stream()
                    .filter(mute -> isMember(mute) || now.ns() - mute.listenedNs > OVER * settings.graceNs())
                    .forEach(mute -> isOver(mute, now));
            byAddress.values().removeIf(this::isMember);
            tell(now);
        }
    }

    /** Or does it join? Then it has nothing to do with another cluster. */
    private boolean isMember(Mute mute) {
        return membership.hasOneAt(mute.address);
    }

    /** With the first of them those that are due soon: a cluster has several nodes, and one word is enough. */
    private void tell(Now now) {
        if (byAddress.values().stream().anyMatch(mute -> mute.isSilentFor(PATIENCE * settings.graceNs()))) {
            byAddress.values().stream()
                    .filter(mute -> mute.isSilentFor((PATIENCE - 1) * settings.graceNs()))
                    .forEach(mute -> {
                        mute.told = true;
                        memory.addMute(mute.uid, membership.lives(), now);
                        outbox.add(new Effect.Mute(mute.node, mute.address));
                    });
        }
    }

    /** It is silent no more. What it published since everybody was told is told now. */
    private void isOver(Mute mute, Now now) {
        if (mute.told) {
            memory.addMuteOver(mute.uid, membership.lives(), now);
            outbox.add(new Effect.OtherClusterGone(mute.node + " at " + mute.address, false));
        }
        mute.told = false;
        mute.sinceNs = null;
    }

    /** Those of which everybody was told. */
    List<String> told() {
        return byAddress.values().stream()
                .filter(mute -> mute.told)
                .map(mute -> mute.node + " at " + mute.address)
                .toList();
    }
}
