package dev.gapless.internal.measure;

import dev.gapless.MessageTooLarge;
import dev.gapless.NotSerializable;

/** Why a publish failed. */
public enum Refusal {
    /** The message, or the ring for it, is larger or smaller than the settings allow. */
    TOO_LARGE,
    /** No serializer takes it. */
    NOT_SERIALIZABLE,
    /** Its key or headers are beyond the bounds. */
    INVALID,
    /** Too many publishes wait already, for the node to be up, for room, or for the store. */
    TOO_MANY_PENDING,
    /** The node was not up, or there was no room, in time. */
    TIMEOUT,
    /** The store is away, took nothing in time, or cannot be used. */
    STORE_UNAVAILABLE,
    /** It was being stored, and whether it is was not known in time. */
    UNKNOWN,
    /** The ring has another message with its id. */
    ID_REUSED,
    /** The node shuts down. */
    CLOSED;

    /** Of a message that could not be encoded. */
    public static Refusal of(RuntimeException failure) {
        return failure instanceof MessageTooLarge
                ? TOO_LARGE
                : failure instanceof NotSerializable ? NOT_SERIALIZABLE : INVALID;
    }
}
