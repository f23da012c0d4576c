package dev.gapless.core.wire;

import dev.gapless.core.Session;

/** The reader has ended: its cursor can go. */
public record Deregister(String topic, long reader, Session session) implements ToProducer {
    public Deregister {
        Message.check(topic, reader);
    }
}
