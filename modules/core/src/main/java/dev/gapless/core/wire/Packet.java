package dev.gapless.core.wire;

/** What one incarnation of a node sends to another: a message of a topic's protocol, or one between the nodes themselves. */
public sealed interface Packet permits Message, NodeMessage {}
