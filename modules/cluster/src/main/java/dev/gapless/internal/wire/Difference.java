package dev.gapless.internal.wire;

/**
 * How a message that was read back differs from the one that was written.
 *
 * @param member the path of the member that differs; empty if it is the message itself
 * @param how what it was, and what it is
 * @param help what the person can do who wrote the class
 */
record Difference(String member, String how, String help) {
    private static final int LONGEST_MEMBER = 200;

    @Override
    public String toString() {
        String shown = member.length() > LONGEST_MEMBER ? member.substring(0, LONGEST_MEMBER) + "..." : member;
        return (shown.isEmpty() ? "it" : "its member " + shown) + " " + how + ". " + help;
    }
}
