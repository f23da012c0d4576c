package dev.gapless;

/**
 * What becomes of a subscription after a message that could not be handled.
 *
 * <pre>{@code
 * public OnFailure onFailure(Delivery<Price> delivery, Throwable cause) {
 *     return cause instanceof IllegalArgumentException ? OnFailure.SKIP : OnFailure.STOP;
 * }
 * }</pre>
 */
public enum OnFailure {
    /** The message counts as delivered, and the next one comes. */
    SKIP,
    /** The subscription ends; its token resumes at this message. */
    STOP
}
