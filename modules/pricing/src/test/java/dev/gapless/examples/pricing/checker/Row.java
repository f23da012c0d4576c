package dev.gapless.examples.pricing.checker;

/** A price, wherever it was read. */
public record Row(String symbol, double amount, long version) {}
