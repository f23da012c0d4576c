package dev.gapless.examples.orderbook;

/** Of an order book. */
public enum Side {
    BID,
    ASK
}
