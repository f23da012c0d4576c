package dev.gapless.bench.process;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Judges what one client of a gateway is given. One thread at a time. */
abstract class ClientChecker {
    boolean subscribed;
    long received;
    long announced;
    long last;
    private String problem = "";

    /** Has it all that it asked for, and follows, on its present connection? */
    final boolean isSubscribed() {
        return subscribed;
    }

    /** How many events it was given. */
    final long received() {
        return received;
    }

    /** How many events it was told that it missed. */
    final long announced() {
        return announced;
    }

    /** The number of the newest event, up to which it has everything. */
    long last() {
        return last;
    }

    /** What was not right first; empty if nothing was. */
    final String problem() {
        return problem;
    }

    /** This was not right. */
    final void fails(String what) {
        if (problem.isEmpty()) {
            problem = what;
        }
    }

    /** The connection was lost: it is subscribed to once more. */
    void connectsAgain() {
        subscribed = false;
    }

    /** A command that subscribes: at the end, or with what this client has. */
    abstract String subscribe() throws JsonProcessingException;

    /** Takes a text frame. */
    abstract void take(byte[] bytes, int from, int to);

    /** Once it has everything up to this number, and nothing more comes: is that right? */
    abstract void expect(long published);
}
