package dev.gapless.core;

/**
 * Another cluster with the id of this one, as the members remember it together (rule M4). It is open until it was announced that it is gone.
 *
 * @param oldestUid its oldest member
 * @param name the name and address of that one
 * @param members how many it has
 * @param heardMs when a member heard it last, by the cluster's time, in milliseconds since 1970; rises with each word
 * @param goneMs up to which word it was announced that it is gone; less than any if nobody was
 * @param stage what was announced of it before
 */
public record OtherCluster(long oldestUid, String name, int members, long heardMs, long goneMs, Stage stage) {
    /** The longest name. */
    public static final int MAX_NAME = 2 * Limits.MAX_NAME + 4;

    /** What was announced; each says more than the one before. */
    public enum Stage {
        /** Nothing: it was heard. */
        HEARD(0),
        /** That something may be missed: it was heard for long. */
        ANNOUNCED(1),
        /** The same, since there are two clusters for certain. */
        CERTAIN(2);

        private final int number;

        Stage(int number) {
            this.number = number;
        }

        /** On the wire. */
        public int number() {
            return number;
        }

        /** The one with this number; the last one if it is of a later release. */
        public static Stage of(int number) {
            for (Stage stage : values()) {
                if (stage.number == number) {
                    return stage;
                }
            }
            return CERTAIN;
        }
    }

    /** One that was heard for the first time. */
    public OtherCluster(long oldestUid, String name, int members, long heardMs) {
        this(oldestUid, name, members, heardMs, Long.MIN_VALUE, Stage.HEARD);
    }

    /** Is it still to be announced that it is gone? */
    public boolean isOpen() {
        return heardMs > goneMs;
    }

    /** The same, which was heard once more. */
    public OtherCluster heard(String nowName, int nowMembers, long timeMs) {
        return new OtherCluster(oldestUid, nowName, nowMembers, Math.max(heardMs + 1, timeMs), goneMs, stage);
    }

    /** The same, of which so much is announced. */
    public OtherCluster announced(Stage more) {
        return new OtherCluster(oldestUid, name, members, heardMs, goneMs, later(stage, more));
    }

    /** The same, of which it is announced that it is gone. */
    public OtherCluster gone() {
        return new OtherCluster(oldestUid, name, members, heardMs, heardMs, stage);
    }

    /** What two members know of it. */
    public OtherCluster and(OtherCluster other) {
        OtherCluster latest = other.heardMs > heardMs ? other : this;
        return new OtherCluster(
                oldestUid,
                latest.name,
                latest.members,
                latest.heardMs,
                Math.max(goneMs, other.goneMs),
                later(stage, other.stage));
    }

    private static Stage later(Stage one, Stage other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
