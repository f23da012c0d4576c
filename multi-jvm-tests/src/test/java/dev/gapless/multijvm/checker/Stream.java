package dev.gapless.multijvm.checker;

/** How far one subscription has got with one stream: the log of a topic in one incarnation of a node. Its epoch names it. */
final class Stream {
    static final long NEVER = Long.MIN_VALUE;

    /** How it ended for the subscription. */
    enum End {
        /** It goes on, as far as the subscription was told. */
        NONE,
        /** Its producer said how much it published, and the subscription has or was told all of that. */
        EXACT,
        /** Nobody knew what was missing. */
        OPEN
    }

    /** Everything up to here was given or announced. */
    private long reached;
    /** Where it goes on, as a gap of the stream before said. */
    private long goesOnAt;
    /** It is known where the subscription began: what follows is due, whenever it was published. */
    private boolean begun;
    /** Something of it was given or announced under the name of its node. */
    private boolean named;
    /** A message of it was given under that name. */
    private boolean given;

    private End end = End.NONE;
    /** When the end was announced. */
    private long endNs = NEVER;
    /** The process where the end was announced. */
    private String endedAt;
    /** Its producer turned out to be a member all the same, where a token was resumed. */
    private boolean returned;
    /** When it was told that anything may be missing, if nothing of this stream came since. */
    private long toldOfAnythingNs = NEVER;

    Stream copy() {
        Stream copy = new Stream();
        copy.reached = reached;
        copy.goesOnAt = goesOnAt;
        copy.begun = begun;
        copy.named = named;
        copy.given = given;
        copy.end = end;
        copy.endNs = endNs;
        copy.endedAt = endedAt;
        copy.returned = returned;
        copy.toldOfAnythingNs = toldOfAnythingNs;
        return copy;
    }

    long reached() {
        return reached;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Was anything given or announced by its number? */
    boolean hasAnything() {
        return reached > 0;
    }

    boolean isNamed() {
        return named;
    }

    boolean isGivenByItsName() {
        return given;
    }

    boolean isOver() {
        return end != End.NONE;
    }

    boolean isLost() {
        return end == End.OPEN;
    }

    long endNs() {
        return endNs;
    }

    /** Whatever was published by then is in the reload. */
    long toldOfAnythingNs() {
        return toldOfAnythingNs;
    }

    /** May it go on behind what was published, as whatever that was is in a reload? */
    boolean mayPassOver() {
        return toldOfAnythingNs != NEVER;
    }

    void toldOfAnything(long ns) {
        toldOfAnythingNs = ns;
    }

    boolean hasReturned() {
        return returned;
    }

    /** Was the end told in that process? */
    boolean endedAt(String process) {
        return process.equals(endedAt);
    }

    /** Everything up to there was given or announced. It goes on, unless more is said. */
    void reach(long upTo) {
        reached = upTo;
        begun = true;
        end = End.NONE;
        toldOfAnythingNs = NEVER;
    }

    /** It goes on from its beginning, if nothing is known of it yet. What is lost in front of that place is a gap of its own. */
    void begin(long at) {
        begun = true;
        goesOnAt = at;
    }

    /** A list has it in front of where a gap said that it goes on. */
    void isListed() {
        if (!isOver() && goesOnAt > reached + 1) {
            reach(goesOnAt - 1);
        }
    }

    void goesByItsName() {
        named = true;
    }

    void isGivenUnderItsName() {
        named = true;
        given = true;
    }

    void returns() {
        returned = true;
    }

    void end(End how, long ns, String process) {
        end = how;
        returned = false;
        endNs = ns;
        endedAt = process;
    }
}
