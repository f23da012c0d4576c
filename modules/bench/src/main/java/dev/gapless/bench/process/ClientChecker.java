package dev.gapless.bench.process;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Judges what one client of a gateway is given. One thread at a time. */
abstract class ClientChecker {
    boolean subscribed;
    long received;
    long announced;
    long last;
    private String problem = "";
    private final Deque<String> commands = new ArrayDeque<>();

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

    /** The connection, if there was one, was lost: it is subscribed to once more, at the end, or with what this client has. */
    void connectsAgain() {
        subscribed = false;
        commands.clear();
    }

    /** Where it connects. */
    String path() {
        return "/api/ws";
    }

    /** It has a command for the gateway. */
    final void send(String command) {
        commands.add(command);
    }

    /** What is to be sent next; null if there is nothing. */
    final @Nullable String command() {
        return commands.poll();
    }

    /** Takes a text frame. */
    abstract void take(byte[] bytes, int from, int to);

    /** Once it has everything up to this number, and nothing more comes: is that right? */
    abstract void expect(long published);
}
