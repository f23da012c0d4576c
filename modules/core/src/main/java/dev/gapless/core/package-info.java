/**
 * The protocol of Gapless as a library that does nothing by itself: no threads, no clock, no sockets, no Pekko. Messages,
 * membership and the time go in; messages to send and entries to deliver come out.
 *
 * <pre>
 *  publishing threads            shell of the producing node        shell of the consuming node            application
 *  ------------------            ---------------------------        ---------------------------            -----------
 *  Log.publish ────────────────► ProducerState ═══ Batch ═════════► ConsumerState ──► Feed ──► SubscriptionState ──►
 *                                     ▲                                   │
 *                                     ╚══════════ Register, Ack ══════════╝
 * </pre>
 *
 * <p>The shell's duties:
 *
 * <ol>
 *   <li>Call each {@code ProducerState} and each {@code ConsumerState} from one thread at a time. Everything public on
 *       {@code Log}, {@code Feed} (reading) and {@code SubscriptionState.token} may be called from any thread.
 *   <li>Carry out effects in the order in which they were handed out, and before the next input: a message that overtakes
 *       an earlier one of the same session looks like a loss to the other side, and costs a registration.
 *   <li>Deliver messages with the session that they carry, and to nobody else. Losing, delaying or repeating them is fine;
 *       changing them is not.
 *   <li>After {@code Log.publish} has accepted a message, call {@code ProducerState.onAppended} soon; once for many is
 *       enough. Clear the mark that says "it will be called" before calling it, or an append is left unsent.
 *   <li>Call {@code onTime} when {@code deadlineNs} has passed. Being late delays recovery, and nothing else.
 *   <li>Tell every state about members in one order: present, named, removed. A uid that was removed never comes back.
 *   <li>Wake a subscription after appends to its feed, and tell the consumer when a subscription has freed a feed that was
 *       full ({@code Feed.wantsRoom}).
 * </ol>
 *
 * <p>Rules named P1, C4, S3… are those of {@code docs/design.md}.
 */
@NullMarked
package dev.gapless.core;

import org.jspecify.annotations.NullMarked;
