package com.example.flags;

import dev.gapless.Topic;

/**
 * What is published: a feature flag as it is now.
 *
 * @param version rises with each change of this flag
 */
public record Flag(String name, boolean on, long version) {
    public static final Topic<Flag> TOPIC = Topic.of("flags", Flag.class);
}
