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
 * <p>The words that everything else uses:
 *
 * <ul>
 *   <li>An <em>incarnation</em> is one run of a node, from its start to its end, and has a uid.
 *   <li>A <em>stream</em> is the log of one topic in one incarnation. Its messages are numbered from 1. Streams have no order among each
 *       other, also if one node made both.
 *   <li>A <em>reader</em> registers with every producer of a topic, and fills a <em>feed</em> with what arrives. A node has one reader for
 *       each topic, and a few more for subscriptions that are far behind.
 *   <li>A subscription's <em>frontier</em> has its place in each stream. Everything up to there was delivered or announced as missed. A
 *       <em>token</em> is a frontier in a printable form.
 *   <li>A <em>gap</em> is announced in its place in the stream, with the reason and, if it is known, with the number of messages.
 * </ul>
 *
 * <p>One message, from one end to the other: {@link dev.gapless.core.log.Log} numbers it and keeps it in a ring. The producer's {@code
 * ProducerState} sends it to each reader that has room. A reader that finds a hole, silence, or another incarnation registers again with
 * the position that it has. The producer goes on behind that position, or answers with what the ring has lost. The reader puts either into
 * the feed, where each subscription reads it when it has time.
 *
 * <p>Where to begin reading:
 *
 * <ol>
 *   <li>{@link dev.gapless.core.node}: the one node, its shards, who drives them, and what a driver has to do.
 *   <li>{@code wire}: what nodes send to each other.
 *   <li>{@code log} and {@code producer}: the ring of a topic's messages, and a cursor for each reader.
 *   <li>{@code consumer}: what a node knows of each producer, and how it registers.
 *   <li>{@code delivery}: a consumer and a subscription, as their drivers and readers see them.
 *   <li>{@code feed} and {@code subscription}: what arrived, and who reads it.
 *   <li>{@code named}: the token of a subscription that has a name.
 *   <li>{@code member}: names. {@code effect}: the outbox.
 * </ol>
 *
 * <p>Rules named P1, C4, S3… are those of {@code docs/design.md}.
 */
@NullMarked
package dev.gapless.core;

import org.jspecify.annotations.NullMarked;
