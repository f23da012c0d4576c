package dev.gapless.node.demo;

import dev.gapless.Topic;

/** What the demo's nodes speak of. */
final class DemoTopic {
    static final Topic<FlightEvent> FLIGHT = Topic.of("flight", FlightEvent.class);

    private DemoTopic() {}
}
