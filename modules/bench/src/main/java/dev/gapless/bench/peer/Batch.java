package dev.gapless.bench.peer;

import java.util.List;

/** Messages that are sent together. */
record Batch(List<byte[]> messages) {}
