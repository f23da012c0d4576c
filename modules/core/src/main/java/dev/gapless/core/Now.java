package dev.gapless.core;

/**
 * The time, by both clocks of a machine.
 *
 * @param ms the time of day, in milliseconds since 1970; it may jump
 * @param ns for durations alone: nanoseconds since some moment, never less than before
 */
public record Now(long ms, long ns) {}
