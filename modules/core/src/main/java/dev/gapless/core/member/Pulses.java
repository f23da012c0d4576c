package dev.gapless.core.member;

import dev.gapless.core.wire.Pulse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which nodes still answer: a link is alive while pulses come that have heard one of ours lately (rule C5). That
 * finds silence in either direction, and a node that lost what it knew of us while we were cut off.
 *
 * <p>Not thread-safe.
 */
public final class Pulses {
    private static final int SILENT_INTERVALS = 3;

    private final long uid;
    private final long intervalNs;
    private final Map<Long, Peer> peers = new HashMap<>();

    private static final class Peer {
        long counter;
        long heard;
        long answered;
        long answeredNs;
        boolean silent;
        /** It answers again, after a silence that nobody here was awake to notice. */
        boolean lapsed;
    }

    /** What {@link #onTime} asks for. */
    public record Due(List<Pulse> pulses, List<Long> silentUids) {}

    public Pulses(long uid, long intervalNs) {
        this.uid = uid;
        this.intervalNs = intervalNs;
    }

    /** From now on pulses go to this node. */
    public void watch(long peerUid, long nowNs) {
        peers.computeIfAbsent(peerUid, u -> {
            Peer peer = new Peer();
            peer.answeredNs = nowNs;
            return peer;
        });
    }

    public void unwatch(long peerUid) {
        peers.remove(peerUid);
    }

    public boolean isWatched(long peerUid) {
        return peers.containsKey(peerUid);
    }

    /** Takes a pulse. From a node that was not watched, it shares a session with us that it began: watched from now on. */
    public void onPulse(Pulse pulse, long nowNs) {
        if (pulse.toUid() != uid) {
            return; // meant for another life at this address
        }
        watch(pulse.fromUid(), nowNs);
        Peer peer = peers.get(pulse.fromUid());
        if (peer == null) {
            return;
        }
        peer.heard = Math.max(peer.heard, pulse.counter());
        if (pulse.heard() > peer.answered && pulse.heard() <= peer.counter) {
            peer.answered = pulse.heard();
            peer.lapsed |= !peer.silent && isSilent(peer, nowNs);
            peer.answeredNs = nowNs;
            peer.silent = false;
        }
    }

    /** Once an interval: a pulse to each watched node, and those that have just fallen silent. */
    public Due onTime(long nowNs) {
        List<Pulse> pulses = new ArrayList<>(peers.size());
        List<Long> silent = new ArrayList<>();
        peers.forEach((peerUid, peer) -> {
            peer.counter++;
            pulses.add(new Pulse(uid, peerUid, peer.counter, peer.heard));
            boolean fellSilent = !peer.silent && isSilent(peer, nowNs);
            if (fellSilent || peer.lapsed) {
                silent.add(peerUid);
            }
            peer.silent |= fellSilent;
            peer.lapsed = false;
        });
        return new Due(pulses, silent);
    }

    private boolean isSilent(Peer peer, long nowNs) {
        return nowNs - peer.answeredNs > SILENT_INTERVALS * intervalNs;
    }
}
