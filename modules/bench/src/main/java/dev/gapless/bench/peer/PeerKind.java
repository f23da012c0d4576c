package dev.gapless.bench.peer;

import java.util.List;

/**
 * A peer that can be measured.
 *
 * @param name what it is called on the command line
 * @param maker makes it
 * @param jvmOptions of its processes, beside those that all have
 * @param missing what is not there that it needs, in words; empty if nothing is
 */
public record PeerKind(String name, Maker maker, List<String> jvmOptions, String missing) {
    public PeerKind {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** One that needs nothing. */
    public PeerKind(String name, Maker maker) {
        this(name, maker, List.of(), "");
    }

    /** Makes a peer. */
    @FunctionalInterface
    public interface Maker {
        /**
         * A new one.
         *
         * @param messageBytes how long each message is
         */
        Peer of(int messageBytes);
    }
}
