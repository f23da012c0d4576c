package dev.gapless.bench.process;

/**
 * What happened to a subscriber beside messages. Times are of System.nanoTime(), and 0 for what did not happen.
 *
 * @param announced how many messages were announced as missing
 * @param levelNs when it got messages in time again after it had got late ones
 * @param restarts how often it was told that the publisher was restarted
 * @param toldNs when it was told so for the last time
 * @param newcomerNs when the last member came up
 */
public record Story(long announced, long levelNs, long restarts, long toldNs, long newcomerNs) {
    private static final int FIELDS = 5;

    /** As a process tells it. */
    public String line() {
        return announced + " " + levelNs + " " + restarts + " " + toldNs + " " + newcomerNs;
    }

    /** What {@link #line} made. */
    public static Story parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != FIELDS) {
            throw new IllegalArgumentException("'" + line + "' is no story");
        }
        return new Story(
                Long.parseLong(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }
}
