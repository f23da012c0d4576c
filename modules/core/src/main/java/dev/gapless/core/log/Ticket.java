package dev.gapless.core.log;

/** Who waits for a publish that found no room. */
@FunctionalInterface
public interface Ticket {
    /** Called once, with anything but {@link Admission.Waiting}, by the thread that made or refused the room. */
    void settled(Admission outcome);
}
