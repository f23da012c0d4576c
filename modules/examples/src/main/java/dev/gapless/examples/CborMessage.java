package dev.gapless.examples;

/** Marks what goes over the wire: see {@code application.conf}. */
public interface CborMessage {}
