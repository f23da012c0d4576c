package dev.gapless.examples.orderbook;

/** What is on offer at an exchange, on one side, at one price. */
public record Level(String exchange, Side side, long price) {}
