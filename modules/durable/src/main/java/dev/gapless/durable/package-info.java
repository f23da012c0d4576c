/**
 * Durable topics and named subscriptions: stores what a node publishes, and tokens, in a database, through {@code pekko-persistence-jdbc}. There
 * is nothing to call here: with this module on the class path {@code gapless.durability = journal} and {@code SubscriptionSettings.named} work,
 * and {@code reference.conf} has the settings.
 *
 * <pre>
 *   LogWriter (core) ──StoreRequest──► Journal ──► JournalActor of the topic ──► pekko-persistence-jdbc ──► H2 or PostgreSQL
 *          ◄──────────StoreAnswer───────────────────┘   a record is one event, its number the event's
 *
 *   KeptToken (cluster) ──► StoredTokens ──► StoredToken, one for each request ──► the same
 * </pre>
 */
@NullMarked
package dev.gapless.durable;

import org.jspecify.annotations.NullMarked;
