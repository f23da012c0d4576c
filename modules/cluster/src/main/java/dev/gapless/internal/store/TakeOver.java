package dev.gapless.internal.store;

import java.time.Duration;

/**
 * How a member takes over the logs of a node that is gone, from a store that all nodes share: a <em>stand-in</em> reads them to whoever lacks
 * some.
 *
 * @param after how long the return of the node is waited for before
 * @param most how many stand-ins a node runs at a time
 * @param lifetime how long a stand-in stays at most
 * @param port where it listens; 0 for any free port
 */
public record TakeOver(Duration after, int most, Duration lifetime, int port) {}
