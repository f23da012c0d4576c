package dev.gapless.bench.peer;

/** What others connect with. */
public interface Addressed {
    /** Where it listens, in one word: HOST:PORT, or what the peer makes of it; "-" if it does not listen. */
    String address();
}
