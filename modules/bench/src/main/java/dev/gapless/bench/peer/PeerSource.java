package dev.gapless.bench.peer;

import java.util.List;

/** Peers of another jar, which java.util.ServiceLoader finds. */
public interface PeerSource {
    /** In the order in which a round runs them. */
    List<PeerKind> peers();
}
