package dev.gapless.multijvm.checker;

/** A message that a thread was about to publish. */
final class Message {
    final int thread;
    final long index;
    final String hash;
    final long publishedNs;
    /** Where it stands, or 0 as long as nobody has said so: its process may have been killed before it could. */
    long sequence;

    boolean accepted;
    boolean failed;

    Message(int thread, long index, String hash, long publishedNs) {
        this.thread = thread;
        this.index = index;
        this.hash = hash;
        this.publishedNs = publishedNs;
    }

    @Override
    public String toString() {
        return "message " + index + " of thread " + thread;
    }
}
