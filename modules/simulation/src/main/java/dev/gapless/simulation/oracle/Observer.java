package dev.gapless.simulation.oracle;

import java.util.function.Supplier;

/** Counts what occurs, and writes it down for people if somebody wants to read it. */
public interface Observer {
    void count(String what, long howOften);

    void trace(Object who, Supplier<String> what);
}
