/**
 * The one node: everything that a node of a cluster decides, for whoever drives it.
 *
 * <pre>
 *    membership, Hello, Ping                      Register, Batch, Ack …          publishing threads, subscriptions
 *           │                                              │                                   │
 *           ▼           {@link dev.gapless.core.effect.ToShard}                ▼                                   │
 *         {@link dev.gapless.core.node.Node} ═════════════════════════════► {@link dev.gapless.core.node.Shard} ◄════════════════════════════════╝
 *           │ ◄═══════════════════════════════════ │   a ProducerState and a TopicConsumer for each topic
 *           │           {@link dev.gapless.core.effect.ToNode}                 │
 *           ▼                                      ▼
 *        {@link dev.gapless.core.effect.Outbox}                                 Outbox     packets to send, effects to carry out
 * </pre>
 *
 * <p>The {@code Node} knows the members: who they are, what they are called, who is admitted, who answers pings, and when
 * this node leaves. Each {@code Shard} serves a share of the topics. The two share nothing, and talk through FIFO queues.
 *
 * <p>A driver
 *
 * <ol>
 *   <li>gives a node, and each of its shards, one input at a time, with the time;
 *   <li>drains the outbox after each input, in order, before the next one;
 *   <li>passes each {@code ToShard} to every shard and each {@code ToNode} to the node, in order. A queue may take its time:
 *       two shards may learn of a removal at different times;
 *   <li>gives the messages of a topic to its shard ({@link dev.gapless.core.node.Shard#indexOf}), whatever the node knows of
 *       their sender: a shard checks that by itself;
 *   <li>calls {@code onTime} when {@code deadlineNs} has passed;
 *   <li>decides nothing.
 * </ol>
 *
 * <p>Effects have one form. What answers a question is a return value ({@code Opened}, {@code Step}, {@code Admission},
 * {@code Reading}, {@code Quiet}); everything that follows from an input goes into the outbox. A producer and a consumer put
 * what they want done into the outbox of their shard.
 *
 * <p>The drivers: the node actor and the shard actors on a cluster; the simulated node under seeded schedules, exploration and scenarios; the
 * test kit.
 */
@NullMarked
package dev.gapless.core.node;

import org.jspecify.annotations.NullMarked;
