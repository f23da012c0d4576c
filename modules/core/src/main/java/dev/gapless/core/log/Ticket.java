package dev.gapless.core.log;

/** Told the outcome of a publish that had to wait. */
@FunctionalInterface
public interface Ticket {
    /** Called once, with anything but {@link Admission.Waiting}, by the thread that made or refused the room. */
    void settled(Admission outcome);
}
