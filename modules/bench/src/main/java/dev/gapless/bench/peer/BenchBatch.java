package dev.gapless.bench.peer;

import java.util.List;

/** Messages that are sent together. */
record BenchBatch(List<byte[]> messages) {}
