package dev.gapless.core.log;

/** What a waiting publish was answered, and how often. */
final class Answers implements Ticket {
    private int count;
    private String last = "";

    @Override
    public synchronized void settled(Admission outcome) {
        count++;
        last = of(outcome);
    }

    /** Empty, or the last answer and the number of all. */
    @Override
    public synchronized String toString() {
        return count == 0 ? "" : last + " " + count;
    }

    static String of(Admission admission) {
        return admission.getClass().getSimpleName();
    }
}
