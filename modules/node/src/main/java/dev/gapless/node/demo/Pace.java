package dev.gapless.node.demo;

/**
 * How long the demo takes. The flight recorder says about 350 events a second, in a burst each second.
 *
 * @param ring messages that a ring holds
 * @param calm messages between two faults
 * @param shortPause messages during the pause that the ring outlasts
 * @param longPause messages during the one that it does not; more than the ring, and what is under way in sockets
 */
record Pace(int ring, int calm, int shortPause, int longPause) {
    static final Pace NORMAL = new Pace(2000, 1000, 500, 2800);
    static final Pace FAST = new Pace(2000, 300, 250, 2500);
}
