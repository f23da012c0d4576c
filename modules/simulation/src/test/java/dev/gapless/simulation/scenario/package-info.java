/** Scenarios: files of commands, each followed by what they bring about, run on the protocol itself. */
@NullMarked
package dev.gapless.simulation.scenario;

import org.jspecify.annotations.NullMarked;
