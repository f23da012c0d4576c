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
 * People are notified; to subscriptions nothing is announced.
 *
 * <p>Only seed nodes: any other address may have been given to another program. Not thread-safe.
 */
final class SilentSeeds {
    /** So many graces without a word, and people are notified. */
    private static final int PATIENCE = 6;
    /** So many graces in which nobody was found to listen, and the silence is over. */
    private static final int OVER = 2;

    private final OtherClusterSettings settings;
    private final Membership membership;
    private final Outbox outbox;
    /** Invariant: seed nodes' addresses alone. */
    private final Map<String, Mute> byAddress = new TreeMap<>();

    private boolean speaks;

    /** A seed node whose member went without a farewell. */
    private static final class Mute {
        final String node;
        final String address;
        /** Since when somebody listens there without a word; null before that is seen, and wherever it begins anew. */
        @Nullable Long sinceNs;
        /** When somebody listened there last, or when this node began to look. */
        long listenedNs;
        /** People were notified. */
        boolean announced;

        Mute(String node, String address) {
            this.node = node;
            this.address = address;
        }

        boolean isSilentFor(long ns) {
            return !announced && sinceNs != null && listenedNs - sinceNs >= ns;
        }
    }

    SilentSeeds(OtherClusterSettings settings, Membership membership, Outbox outbox) {
        this.settings = settings;
        this.membership = membership;
        this.outbox = outbox;
    }

    /** A member went without a farewell. */
    void lost(String node, String address) {
        Mute before = byAddress.get(address);
        if (settings.seedNodes().contains(address) && (before == null || !before.announced)) {
            byAddress.put(address, new Mute(node, address));
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
    void onHeard(String address) {
        Mute mute = byAddress.get(address);
        if (mute != null) {
            endSilence(mute);
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
            });
        }
        speaks = speaksNow;
        if (speaks) {
            byAddress.values().stream()
                    .filter(mute -> isMember(mute) || now.ns() - mute.listenedNs > OVER * settings.graceNs())
                    .forEach(mute -> endSilence(mute));
            byAddress.values().removeIf(this::isMember);
            alarm();
        }
    }

    /** Or does it join? Then it has nothing to do with another cluster. */
    private boolean isMember(Mute mute) {
        return membership.hasOneAt(mute.address);
    }

    /** With the first of them those that are due soon: a cluster has several nodes, and one word is enough. */
    private void alarm() {
        if (byAddress.values().stream().anyMatch(mute -> mute.isSilentFor(PATIENCE * settings.graceNs()))) {
            byAddress.values().stream()
                    .filter(mute -> mute.isSilentFor((PATIENCE - 1) * settings.graceNs()))
                    .forEach(mute -> {
                        mute.announced = true;
                        outbox.add(new Effect.Mute(mute.node, mute.address));
                    });
        }
    }

    /** It is silent no more. */
    private void endSilence(Mute mute) {
        if (mute.announced) {
            outbox.add(new Effect.MuteNoMore(mute.node, mute.address));
        }
        mute.announced = false;
        mute.sinceNs = null;
    }

    /** Those of which people were notified. */
    List<String> announced() {
        return byAddress.values().stream()
                .filter(mute -> mute.announced)
                .map(mute -> mute.node + " at " + mute.address)
                .toList();
    }
}
