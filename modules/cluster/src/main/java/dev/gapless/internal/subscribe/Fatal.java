package dev.gapless.internal.subscribe;

/** What the application's code may throw so that nothing of this JVM can be relied on afterwards. */
final class Fatal {
    private Fatal() {}

    /**
     * Throws it again if it is fatal. A stack that overflowed is not: it has been unwound, and the same message would overflow the stack
     * of every node that handles it, one after the other.
     */
    static void rethrow(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }
}
