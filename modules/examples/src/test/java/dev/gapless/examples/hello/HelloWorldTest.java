package dev.gapless.examples.hello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gapless.core.Reason;
import dev.gapless.examples.hello.HelloWorld.Greeter;
import dev.gapless.examples.hello.HelloWorld.Greeting;
import dev.gapless.testkit.GaplessTestKit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class HelloWorldTest {
    private final List<String> said = Collections.synchronizedList(new ArrayList<>());

    @Test
    void saysHelloInAClusterOfOneNode() {
        HelloWorld.run(said::add);
        assertEquals(1, said.size());
        assertTrue(said.get(0).startsWith("127.0.0.1:") && said.get(0).endsWith(" says: Hello, world"), said::toString);
    }

    @Test
    void saysThatItMissedSome() {
        try (GaplessTestKit kit = GaplessTestKit.create()) {
            kit.expire(Reason.OVERRUN, HelloWorld.GREETINGS, new Greeter(said::add));
            kit.node("feed").publish(HelloWorld.GREETINGS, new Greeting("Hello again"));
            assertTrue(said.get(0).startsWith("Some greetings were missed"), said::toString);
            assertEquals("feed says: Hello again", said.get(1));
        }
    }
}
