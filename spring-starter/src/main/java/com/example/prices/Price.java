package com.example.prices;

/** A row, and the message of its change. */
// shown in docs/spring.md
public record Price(String symbol, double amount, long version) {}
// end
