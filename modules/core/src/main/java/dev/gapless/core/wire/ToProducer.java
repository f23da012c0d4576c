package dev.gapless.core.wire;

/** From a reader to a producer. */
public sealed interface ToProducer extends Message permits Register, Ack, GoneAck, Deregister, Fetch, Find {}
