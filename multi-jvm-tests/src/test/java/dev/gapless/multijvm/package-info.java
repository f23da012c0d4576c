/**
 * Clusters of real JVMs, connected by real sockets, that meet real faults. Each test asserts that its fault took place, and
 * then what its subscriptions were given: the recorder in each node keeps its own books of that.
 *
 * <pre>
 *   test ── TestCluster ── TestNode ──stdin, stdout──► JVM with TestNodeMain: Gapless, Recorder, Publisher
 *                │            └─ pause (SIGSTOP), kill (SIGKILL), restart, restartElsewhere, leave
 *                └─ Link (from one node to another) in the LinkProxy before each node: hold, swallow, reset, refuse
 * </pre>
 *
 * <p>{@code LongFaultsTest} (package {@code faults}) does without the recorder: there the nodes write journals, and the package
 * {@code checker} judges them.
 *
 * <p>Tests are named after a row of the feature list (rowP2), a rule of the design (ruleC4), or a defect that other systems
 * have (carriedIntoNextLife). What the nodes logged stands below {@code target/multijvm}.
 */
package dev.gapless.multijvm;
