package dev.gapless.migrating;

import java.util.concurrent.CompletionStage;

/** Something that consumers keep level with what is published. */
public interface Index {
    record Document(String id, String text) {}

    void put(Document document);

    /** Reads everything from where the truth is, now. */
    CompletionStage<?> rebuild();
}
