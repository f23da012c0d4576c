package dev.gapless.multijvm.faults;

/** The store of one node, for what happens to it while the node does not run. */
interface LosableStore {
    /** Keeps a copy under this name. */
    void copy(String name);

    /** As before the node's first start. */
    void empty();

    /** Has what that copy has. */
    void putBack(String name);
}
