package dev.gapless.core.named;

import dev.gapless.core.CursorToken;

/**
 * How far a named subscription is.
 *
 * <pre>
 *   Opening ── opened ──► Opened ── ready ──► Keeping ── end ──► Ending ── stored, or too late ──► Over
 *    └─┘ failed              │                  └─┘ stored; failed                                  ▲
 *                            └── end ── Keeping ── another one has the name ────────────────────────┘
 * </pre>
 */
sealed interface KeptTokenPhase {
    /** Whoever had the name may have it yet. */
    record Opening() implements KeptTokenPhase {}

    /** The name is this one's, and the subscription is not ready. */
    record Opened() implements KeptTokenPhase {}

    /** The subscription is ready. */
    record Keeping() implements KeptTokenPhase {}

    /**
     * The subscription has ended here, and the last token is to be stored.
     *
     * @param untilNs it is not tried any longer
     */
    record Ending(CursorToken last, long untilNs) implements KeptTokenPhase {}

    /** Nothing is stored any more. */
    record Over() implements KeptTokenPhase {}
}
