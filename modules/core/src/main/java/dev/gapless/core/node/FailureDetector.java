package dev.gapless.core.node;

import dev.gapless.core.effect.Outbox;
import dev.gapless.core.wire.Ping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which nodes still answer: a link is alive while pings come that have heard one of ours lately (rule C5). That
 * finds silence in either direction. Each ping also says how often the sender has forgotten the receiver, so losing one ping does no
 * harm.
 *
 * <p>A lasting silence is told again at growing intervals, even if single pings come through. Each telling starts new sessions and
 * invalidates answers to old ones; the growing intervals let a node that is too busy for pings still answer.
 *
 * <p>Not thread-safe.
 */
public final class FailureDetector {
    private static final int SILENT_INTERVALS = 3;
    /** How often the wait doubles while a silence lasts: to 24 intervals. */
    private static final int DOUBLINGS = 3;
    /** A silence is the same one if the last was told no longer ago than so many times the wait. */
    private static final int SAME_SILENCE = 2;

    private final long uid;
    private final long intervalNs;
    private final long retentionNs;
    private final Outbox outbox;
    private final Map<Long, Peer> peers = new HashMap<>();

    private static final class Peer {
        /** Of our latest ping to it. */
        long counter;
        /** Its highest counter that we have received. */
        long heard;
        /** Our highest counter that it echoed, and when it did. */
        long answered;

        long answeredNs;
        /** When it answered last, or its silence was told last. */
        long quietNs;
        /** How often this silence was told, and when last. */
        int announced;

        long announcedNs;
        /** It answers again, after a silence that nobody here was awake to notice, or it has forgotten us. */
        boolean lapsed;
        /** How often we have forgotten it, and whether that is so now. */
        long forgotten;

        boolean isForgotten;
        /** How often it has forgotten us. */
        long forgottenUs;
    }

    /**
     * Who does not answer.
     *
     * @param silentUids to be registered with anew: they have been silent for too long, or again, or have forgotten us
     * @param forgottenUids silent for so long that their cursors are to be dropped; {@link #forgot} says that they are
     */
    public record Quiet(List<Long> silentUids, List<Long> forgottenUids) {}

    /** With cursors that are kept for so long while their node is silent. */
    public FailureDetector(long uid, long intervalNs, long retentionNs, Outbox outbox) {
        this.uid = uid;
        this.intervalNs = intervalNs;
        this.retentionNs = retentionNs;
        this.outbox = outbox;
    }

    /** From now on pings go to this node. */
    public void watch(long peerUid, long nowNs) {
        watched(peerUid, nowNs);
    }

    private Peer watched(long peerUid, long nowNs) {
        return peers.computeIfAbsent(peerUid, u -> {
            Peer peer = new Peer();
            peer.answeredNs = nowNs;
            peer.quietNs = nowNs;
            return peer;
        });
    }

    /** No pings go to anybody else any more. {@return whether any go} */
    public boolean unwatchAllBut(Set<Long> incarnations) {
        peers.keySet().retainAll(incarnations);
        return !peers.isEmpty();
    }

    /** Takes a ping for this incarnation. Its sender is watched from now on: it pings us because it shares a session with us. */
    public void onPing(Ping ping, long nowNs) {
        Peer peer = watched(ping.fromUid(), nowNs);
        peer.heard = Math.max(peer.heard, ping.counter());
        peer.lapsed |= ping.forgotten() > peer.forgottenUs;
        peer.forgottenUs = Math.max(peer.forgottenUs, ping.forgotten());
        if (ping.heard() > peer.answered && ping.heard() <= peer.counter) {
            peer.answered = ping.heard();
            peer.lapsed |= isSilent(peer, nowNs);
            peer.answeredNs = nowNs;
            peer.quietNs = nowNs;
            peer.isForgotten = false;
        }
    }

    /** The cursors of that node have been dropped: pings tell it from now on, and it registers again. */
    public void forgot(long peerUid) {
        Peer peer = peers.get(peerUid);
        if (peer != null) {
            peer.forgotten++;
        }
    }

    /**
     * Once an interval: a ping to each watched node. Returns who does not answer.
     *
     * @param timeMs {@link Ping#timeMs}
     * @param history {@link Ping#history}
     */
    public Quiet onTime(long nowNs, long timeMs, long history) {
        List<Long> silent = new ArrayList<>();
        List<Long> forgotten = new ArrayList<>();
        peers.forEach((peerUid, peer) -> {
            if (!peer.isForgotten && nowNs - peer.answeredNs > retentionNs) {
                peer.isForgotten = true;
                forgotten.add(peerUid);
            }
            if (nowNs - peer.announcedNs > SAME_SILENCE * waitNs(peer)) {
                peer.announced = 0;
            }
            peer.counter++;
            outbox.send(peerUid, new Ping(uid, peerUid, peer.counter, peer.heard, peer.forgotten, timeMs, history));
            if (peer.lapsed || isSilent(peer, nowNs)) {
                silent.add(peerUid);
                peer.announced++;
                peer.announcedNs = nowNs;
                peer.quietNs = nowNs;
            }
            peer.lapsed = false;
        });
        return new Quiet(silent, forgotten);
    }

    private boolean isSilent(Peer peer, long nowNs) {
        return nowNs - peer.quietNs > waitNs(peer);
    }

    /** For how long it may be quiet before that is told: three intervals twice, then twice as long each time. */
    private long waitNs(Peer peer) {
        return (SILENT_INTERVALS * intervalNs) << Math.min(Math.max(0, peer.announced - 1), DOUBLINGS);
    }
}
