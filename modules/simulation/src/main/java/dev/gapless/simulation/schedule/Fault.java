package dev.gapless.simulation.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong. Of what kind it is, whom it strikes and how long it lasts comes from its own seed, so that it
 * stays the same when others are left out.
 *
 * @param number by which it is named when a schedule is run again with some faults only, from 1
 * @param atNs when, in virtual time
 * @param seed all the rest
 * @param kind what it is, or null for what its seed says
 */
record Fault(int number, long atNs, long seed, @Nullable FaultKind kind) {}
