/**
 * The one node: everything that a node of a cluster decides.
 *
 * <pre>
 *   membership, Hello, Ping                 Register, Batch, Ack …      publishing threads, subscriptions
 *           │                                         │                                │
 *           ▼                ToShard                  ▼                                │
 *         Node ═════════════════════════════════►  Shard ◄─────────────────────────────┘
 *           │  ◄══════════════════════════════════    │   a ProducerState and a TopicConsumer for each topic
 *           │                ToNode                   │
 *           ▼                                         ▼
 *         Outbox                                   Outbox     packets to send, effects to carry out
 * </pre>
 *
 * <p>The {@link dev.gapless.core.node.Node} knows the members: who they are, what they are called, who is admitted, who
 * answers pings, and when this node leaves. Each {@link dev.gapless.core.node.Shard} serves a share of the topics. They
 * share nothing, and talk through FIFO queues.
 *
 * <p>Three drivers run them: the node actor and the shard actors on a cluster; the simulated node under seeded schedules,
 * exploration and scenarios; the test kit. A driver decides nothing. It
 *
 * <ol>
 *   <li>gives a node, and each of its shards, one input at a time, with the time. Any thread may call everything public on
 *       {@code Log} and on {@code ConsumerMeasures}, and on {@code SubscriptionState} what says "Any thread";
 *   <li>drains the outbox after each input, in order, before the next one: a message that overtakes an earlier one of its
 *       session looks like a loss to the other side, and costs a registration;
 *   <li>sends packets to the incarnation that they are for, and to nobody else. It may lose, delay or repeat them, and may not
 *       change them;
 *   <li>passes each {@link dev.gapless.core.effect.ToShard} to every shard and each {@link dev.gapless.core.effect.ToNode} to
 *       the node, in order. A queue may take its time: two shards may learn of a removal at different times;
 *   <li>gives the messages of a topic to its shard ({@link dev.gapless.core.node.Shard#indexOf}), whatever the node knows of
 *       their sender. The shard checks the sender by itself;
 *   <li>calls {@code onAppended} soon after {@code Log.publish} has answered {@code Accepted} or {@code Waiting}; one call for
 *       many publishes is enough. It must reset its own "call is pending" flag before the call, or a message that is appended
 *       during the call stays unsent. As long as {@code ProducerState.wantsAppended} said no after the latest input, publishes that
 *       were accepted need no call;
 *   <li>asks {@code deadlineNs} after every input, and calls {@code onTime} when the <em>earliest</em> time that it was told
 *       since the last {@code onTime} has passed: a deadline may move away, and the call is still due. Being late delays
 *       recovery and nothing else;
 *   <li>wakes the subscriptions of a topic, or the one that is named, upon {@code Effect.Arrived}, and tells the shard when one of them has joined the
 *       shared feed, or has freed a feed that was full;
 *   <li>tells the node by {@code listens} when what {@code Effect.SendTo} wanted sent was passed on, and it is known that somebody
 *       listens at that address. If the transport does not show that, it says nothing.
 * </ol>
 *
 * <p>Effects have one form. What answers a question is a return value ({@code Opened}, {@code Step}, {@code Admission},
 * {@code Reading}, {@code Quiet}). Everything that follows from an input goes into the
 * {@link dev.gapless.core.effect.Outbox}.
 */
@NullMarked
package dev.gapless.core.node;

import org.jspecify.annotations.NullMarked;
