package dev.gapless.multijvm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way from one node to another, in that direction: the connections that the first opened to the second, and what the
 * proxy between them does with these.
 */
public final class Link {
    private final String name;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    private final AtomicLong swallowedBytes = new AtomicLong();
    private final AtomicLong passedBytes = new AtomicLong();
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicLong resets = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();

    private volatile Mode allMode = Mode.PASS;
    private volatile Mode messagesMode = Mode.PASS;

    enum Mode {
        PASS,
        HOLD,
        STORE,
        SWALLOW,
        REFUSE
    }

    Link(String name) {
        this.name = name;
    }

    /** Keeps what comes, as a cable does that is pulled: later it goes on where it was, since TCP repeats. */
    public void hold(Traffic traffic) {
        set(traffic, Mode.HOLD);
    }

    /**
     * Takes messages from the sender and gives them to the process that is behind the proxy when the link heals, if
     * that is another one than before. So does a transport that queues what it could not send. Connections that carry
     * messages are reset first.
     */
    public void store() {
        set(Traffic.MESSAGES, Mode.STORE);
        reset(Traffic.MESSAGES);
    }

    /** Takes what comes and throws it away. To be followed by {@link #reset}, as what follows would make no sense. */
    public void swallow(Traffic traffic) {
        set(traffic, Mode.SWALLOW);
    }

    /** Resets the connections, and each that is opened from now on. */
    public void refuse(Traffic traffic) {
        set(traffic, Mode.REFUSE);
        reset(traffic);
    }

    /** Lets everything pass again. */
    public void heal() {
        messagesMode = Mode.PASS;
        allMode = Mode.PASS;
        wake();
    }

    /** Resets the connections, on both sides. What was under way, or held, is lost; new ones may be opened. */
    public void reset(Traffic traffic) {
        for (Connection connection : new ArrayList<>(connections)) {
            if (traffic == Traffic.ALL || connection.carriesMessages()) {
                resets.incrementAndGet();
                connection.reset();
            }
        }
    }

    /** How many bytes of applications' messages reached the receiver. */
    public long passedMessageBytes() {
        return passedBytes.get();
    }

    /** How many bytes were taken from the sender and never given to the receiver. */
    public long swallowedBytes() {
        return swallowedBytes.get();
    }

    /** How many bytes wait here right now. */
    public long heldBytes() {
        return heldBytes.get();
    }

    /** How many bytes were ever {@linkplain #store stored}. */
    public long storedBytes() {
        return storedBytes.get();
    }

    /** How many connections that carry messages are open. */
    public long messageConnections() {
        return connections.stream().filter(Connection::carriesMessages).count();
    }

    /** How many connections were reset. */
    public long resets() {
        return resets.get();
    }

    /** How many attempts to connect were refused. */
    public long refusals() {
        return refusals.get();
    }

    @Override
    public String toString() {
        return name + "[" + connections.size() + " connections, " + messageConnections()
                + " for messages, which passed "
                + passedBytes + " bytes, held " + heldBytes + ", swallowed " + swallowedBytes
                + ", stored " + storedBytes + ", resets " + resets + ", refusals " + refusals + "]";
    }

    private void set(Traffic traffic, Mode mode) {
        if (traffic == Traffic.ALL) {
            allMode = mode;
        } else {
            messagesMode = mode;
        }
        wake();
    }

    private synchronized void wake() {
        notifyAll();
    }

    void opened(Connection connection) {
        connections.add(connection);
    }

    void closed(Connection connection) {
        connections.remove(connection);
        wake();
    }

    void refused() {
        refusals.incrementAndGet();
    }

    void passed(Connection connection, int bytes) {
        if (connection.carriesMessages()) {
            passedBytes.addAndGet(bytes);
        }
    }

    void swallowed(int bytes) {
        swallowedBytes.addAndGet(bytes);
    }

    Mode mode(boolean messages) {
        Mode all = allMode;
        return messages && all == Mode.PASS ? messagesMode : all;
    }

    /** Waits until what was stored may go on; false if the connection was reset meanwhile. */
    synchronized boolean awaitHealed(Connection connection) throws InterruptedException {
        while (mode(true) == Mode.STORE && connection.isOpen()) {
            wait();
        }
        return connection.isOpen();
    }

    void stored(int bytes) {
        storedBytes.addAndGet(bytes);
    }

    /** Waits until these bytes may go on or are to be thrown away. */
    synchronized Mode admit(Connection connection, int bytes) throws InterruptedException {
        if (mode(connection.carriesMessages()) != Mode.HOLD) {
            return mode(connection.carriesMessages());
        }
        heldBytes.addAndGet(bytes);
        try {
            while (mode(connection.carriesMessages()) == Mode.HOLD && connection.isOpen()) {
                wait();
            }
        } finally {
            heldBytes.addAndGet(-bytes);
        }
        return connection.isOpen() ? mode(connection.carriesMessages()) : Mode.SWALLOW;
    }
}
