/**
 * The protocol of Gapless as a library that does nothing by itself: no threads, no clock, no sockets, no Pekko. Messages,
 * membership and the time go in. Packets to send and entries to deliver come out.
 *
 * <pre>
 *  publishing threads          Shard of the producing node         Shard of the consuming node           application
 *  ------------------          ---------------------------         ---------------------------           -----------
 *  Log.publish ──────────────► ProducerState ═══ Batch ══════════► TopicReader ──► Feed ──► SubscriptionState ──►
 *                                   ▲                                    │
 *                                   ╚═══════════ Register, Ack ══════════╝
 * </pre>
 *
 * <p>A <em>incarnation</em> is one incarnation of a node, known by its uid.
 *
 * <p>Where to begin reading:
 *
 * <ol>
 *   <li>{@link dev.gapless.core.node}: the one node, its shards, who drives them, and what a driver has to do.
 *   <li>{@code wire}: what nodes send to each other.
 *   <li>{@code log} and {@code producer}: the ring of a topic's messages, and a cursor for each reader.
 *   <li>{@code consumer}: what a node knows of each producer, and how it registers.
 *   <li>{@code feed} and {@code subscription}: what arrived, and who reads it.
 *   <li>{@code member}: names. {@code effect}: the outbox.
 * </ol>
 *
 * <p>Rules named P1, C4, S3… are those of {@code docs/design.md}.
 */
@NullMarked
package dev.gapless.core;

import org.jspecify.annotations.NullMarked;
