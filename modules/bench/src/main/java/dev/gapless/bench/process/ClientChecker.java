package dev.gapless.bench.process;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Judges what one client of a gateway is given. One thread at a time. */
interface ClientChecker {
    /** Has it all that it asked for, and follows, on its present connection? */
    boolean isSubscribed();

    /** How many events it was given. */
    long received();

    /** How many events it was told that it missed. */
    long announced();

    /** The number of the newest event, up to which it has everything. */
    long last();

    /** What was not right; empty if nothing was. */
    String problem();

    /** This was not right. */
    void fails(String what);

    /** The connection was lost: it is subscribed to once more. */
    void connectsAgain();

    /** A command that subscribes: at the end, or with what this client has. */
    String subscribe() throws JsonProcessingException;

    /** Takes a text frame. */
    void take(byte[] bytes, int from, int to);

    /** Once it has everything up to this number, and nothing more comes: is that right? */
    void expect(long published);
}
