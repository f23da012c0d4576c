/**
 * Publish and subscribe in a Pekko cluster: each subscriber gets every event once and in order, or a gap in its place.
 *
 * <pre>
 *   Gapless.get(system)                                  on each node of the cluster
 *      │
 *      ├─ producer(topic) ──► Producer.publish, send     into this node's ring of the topic
 *      │
 *      └─ subscribe(topic, StartFrom, handler) ──► Subscription: token, pause, lag, cancel
 *                                                        │
 *            the handler is given, one after the other:  ▼
 *               Delivery        a message, with its key, producer, position and token
 *               CursorExpired   what was missed here; reload from the source of truth, then it goes on behind that
 *               ProducerLeft    a node left in good order, and everything of it was delivered
 *               Undecodable     a message that no serializer of this node reads
 *               Ended           the last one
 * </pre>
 *
 * <p>What a newcomer should know before the first class:
 *
 * <ul>
 *   <li>There is no broker. Each node keeps the latest messages that it published, in a ring of bounded size. Whoever was away for less
 *       than a ring catches up from it; whoever was away for longer gets a {@link dev.gapless.CursorExpired}.
 *   <li>A gap is an event like any other, and comes in its place: what is delivered behind it is behind it. A handler that reloads its
 *       state there is behind the producer at worst, and never in a state that the producer was not in.
 *   <li>The order holds for each producer. Messages of two producers come in any order.
 *   <li>A {@link dev.gapless.core.CursorToken} says where a subscription stands. It resumes on any node of the cluster.
 *   <li>Every argument is checked on the caller's thread. What cannot be published, decoded or handled says why, which topic and node it
 *       concerns, and which setting helps.
 * </ul>
 */
@NullMarked
package dev.gapless;

import org.jspecify.annotations.NullMarked;
