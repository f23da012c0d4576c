package com.example.flags;

import dev.gapless.Gapless;
import dev.gapless.Producer;
import dev.gapless.core.Position;
import java.util.concurrent.CompletionStage;

/** Changes flags, on any node. */
public final class FlagEditor {
    private final FlagFile file;
    private final Producer<Flag> producer;

    public FlagEditor(Gapless gapless, FlagFile file) {
        this.file = file;
        this.producer = gapless.producer(Flag.TOPIC);
    }

    /** Writes first, and publishes afterwards: the file has every missing change when a node learns of a gap. */
    public CompletionStage<Position> set(String name, boolean on) {
        return producer.publish(file.set(name, on));
    }
}
