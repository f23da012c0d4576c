package dev.gapless.examples.pricing;

/**
 * A row of the table {@code price}, and the message of its change.
 *
 * @param symbol whose price
 * @param amount in whatever the symbol is quoted in
 * @param version rises with each change of the symbol, deletions included
 */
public record Price(String symbol, double amount, long version) {}
