package dev.gapless.gateway.internal.changes;

import org.jspecify.annotations.Nullable;

/** Is told when the ring has overtaken a client. */
interface Overtaken {
    /**
     * It missed changes of a collection.
     *
     * @param first the number in the ring of the first change that it missed, of any collection
     * @param last that of the last one
     * @param before the key of what it was given last, of any collection, if that is known
     * @param lastKey the key of the last that it missed of this one, if that is known
     */
    void tell(String collection, long first, long last, @Nullable String before, @Nullable String lastKey);
}
