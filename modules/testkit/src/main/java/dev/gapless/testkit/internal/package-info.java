/**
 * Drives the nodes of a test in turns, under virtual time. Each class knows those to its right alone:
 *
 * <pre>
 *   TestIncarnation ──► Subscriptions ──► DrivenSubscription ──► ObservedRecipient ──► Observer
 *          │                  │                    │
 *          └───► TestProcess ◄┘                    ├──► Surroundings ──► Links ──► Backlog ──► Member
 *                 │       │                        │          │            │
 *                 ▼       ▼                        │          └────────────┴─────► VirtualTime ──► Turns
 *         ShardInTurns ──► LocalLogs ──────────────┴──► TestStore ──► TestTokens
 * </pre>
 *
 * <p>Internal: public only for the other package of the test kit, not for applications.
 */
@NullMarked
package dev.gapless.testkit.internal;

import org.jspecify.annotations.NullMarked;
