/**
 * One random fault after another against a cluster that publishes all the time: {@link Population} keeps the nodes, {@link
 * Faults} does what is done to them, {@link FaultSchedule} draws it, and the checker judges what the nodes wrote down. Where the
 * fault is not left to chance, {@link Judged} has the nodes.
 */
package dev.gapless.multijvm.faults;
