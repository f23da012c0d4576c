package dev.gapless.simulation.explore;

/** What can happen. */
public enum Kind {
    /** The message that was sent first from x to y arrives. */
    DELIVER(Whose.PROTOCOL),
    /** What was published at x is sent. */
    FLUSH(Whose.PROTOCOL),
    /** Nothing is under way from or to x, and its next timer goes off. */
    TIMER(Whose.PROTOCOL),
    /** Subscription y of x reads once. */
    READ(Whose.PROTOCOL),
    /** The reload of subscription y of x succeeds. */
    RELOADED(Whose.PROTOCOL),
    /** x learns its y-th news of members. */
    NEWS(Whose.PROTOCOL),
    /** The incarnation at x, which joins, becomes a member: all others have seen it joining. */
    UP(Whose.PROTOCOL),
    /** The dead incarnation at x is taken off the members. */
    REMOVE(Whose.PROTOCOL),
    /** x has drained, and ends. */
    END(Whose.PROTOCOL),
    /** x notices that y has forgotten it. */
    SILENCE(Whose.PROTOCOL),
    /** x asks y for its name again. */
    GREET(Whose.PROTOCOL),
    /** The store of x does what x wants of it, and answers. */
    STORE(Whose.PROTOCOL),
    /** A second incarnation begins at x, where the first one died: it is sure to come. */
    RETURN(Whose.PROTOCOL),

    PUBLISH(Whose.APPLICATION),
    /** x opens a subscription, y is an {@link Configuration#OPENINGS index}. */
    OPEN(Whose.APPLICATION),
    /** Subscription y of x ends. */
    CLOSE(Whose.APPLICATION),
    /** A token of subscription y of x is taken. */
    TAKE(Whose.APPLICATION),
    /** A token of subscription y of x is taken, and it ends. */
    STOP(Whose.APPLICATION),
    /** x resumes the y-th token that was taken. */
    RESUME(Whose.APPLICATION),
    /** x begins to leave in good order. */
    LEAVE(Whose.APPLICATION),

    /** The message that was sent first from x to y is lost. */
    LOSE(Whose.FAULT),
    /** All that is under way between x and y is lost. */
    RESET(Whose.FAULT),
    /** The reload of subscription y of x fails, and begins anew. */
    RELOAD_FAILS(Whose.FAULT),
    /** Subscription y of x, which reads at once otherwise, lets it be until it reads again. */
    STALL(Whose.FAULT),
    /** The next timer of x goes off although messages are under way. */
    EARLY(Whose.FAULT),
    /** x takes y, which lives, for silent. */
    SUSPECT(Whose.FAULT),
    /** x and y were cut off from each other for long: nothing is under way any more, and x has dropped the cursors of y. */
    FORGET(Whose.FAULT),
    /** x dies. */
    CRASH(Whose.FAULT),
    /** A new incarnation begins at x; one of the same name at another host lives on, cut off. */
    START(Whose.FAULT),
    /** x dies, and a new incarnation begins there at once. */
    RESTART(Whose.FAULT),
    /** What becomes of the write of x is unknown: the store says that it failed (y is 0), or nothing (y is 1). */
    DOUBT(Whose.FAULT),
    /** The y-th write for which nobody at x waits any more is stored after all. */
    LATE(Whose.FAULT);

    private static final Kind[] ALL = values();

    /** Who does it. Only what the protocol does by itself may be needed to recover (G6). */
    enum Whose {
        PROTOCOL,
        APPLICATION,
        FAULT
    }

    final Whose whose;

    Kind(Whose whose) {
        this.whose = whose;
    }

    /** How often this may happen is bounded by the configuration's budget. */
    boolean isBudgeted() {
        return whose != Whose.PROTOCOL && this != PUBLISH;
    }

    static Kind of(int action) {
        return ALL[action >>> 16];
    }

    /** Its place among all kinds. */
    @SuppressWarnings("EnumOrdinal") // never kept: an action is a number as long as the search runs
    int index() {
        return ordinal();
    }

    /** This kind at x and y as one number. */
    int at(int x, int y) {
        return index() << 16 | x << 8 | y;
    }

    static int x(int action) {
        return action >>> 8 & 0xff;
    }

    static int y(int action) {
        return action & 0xff;
    }
}
