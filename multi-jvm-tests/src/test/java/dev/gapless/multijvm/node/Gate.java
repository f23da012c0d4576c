package dev.gapless.multijvm.node;

/** Holds a handler for as long as it is closed. */
final class Gate {
    private boolean closed;
    private int waiting;

    synchronized void close() {
        closed = true;
    }

    synchronized void open() {
        closed = false;
        notifyAll();
    }

    /** Is somebody held here? */
    synchronized boolean isHolding() {
        return closed && waiting > 0;
    }

    synchronized void pass() throws InterruptedException {
        waiting++;
        try {
            while (closed) {
                wait();
            }
        } finally {
            waiting--;
        }
    }
}
