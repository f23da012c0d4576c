/** Schedules: a cluster under a seeded network, with seeded faults, in virtual time. */
@NullMarked
package dev.gapless.simulation.schedule;

import org.jspecify.annotations.NullMarked;
