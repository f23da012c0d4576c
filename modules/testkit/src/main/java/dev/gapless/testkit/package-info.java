/**
 * For the unit tests of applications: nodes that need no cluster, faults that happen when the test says so, and time that passes when
 * the test says so. Begin with {@link dev.gapless.testkit.GaplessTestKit}.
 *
 * <p>What a subscription is told is decided by the very classes that decide it on a node of a cluster. Left out are the network, the
 * membership's own protocol, and the threads: everything happens on the thread of the test, or of whoever completes a stage or
 * confirms an event, one thing at a time.
 */
@NullMarked
package dev.gapless.testkit;

import org.jspecify.annotations.NullMarked;
