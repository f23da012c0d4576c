package dev.gapless;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.Test;

/** A mixed set of Pekko modules would stop the ActorSystem at its start. */
class ActorSystemStartTest {
    @Test
    void thePekkoModulesFitTogether() {
        ActorTestKit kit = ActorTestKit.create();
        try {
            var probe = kit.createTestProbe(String.class);
            probe.getRef().tell("hello");
            assertEquals("hello", probe.receiveMessage());
        } finally {
            kit.shutdownTestKit();
        }
    }
}
