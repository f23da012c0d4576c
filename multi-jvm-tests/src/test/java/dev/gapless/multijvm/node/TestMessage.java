package dev.gapless.multijvm.node;

/** A message as an application would have it; most tests send byte arrays instead, which is quicker. */
public record TestMessage(long incarnation, int thread, long index, String filler) implements CborMessage {}
