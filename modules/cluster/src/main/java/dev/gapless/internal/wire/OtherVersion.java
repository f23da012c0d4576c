package dev.gapless.internal.wire;

/**
 * Stands for whatever came in a version of the wire format that this node does not read. It is an object and no failure, so that the
 * node actor can say so once, instead of the transport for each message.
 *
 * @param version the message's first byte
 */
public record OtherVersion(int version) {}
