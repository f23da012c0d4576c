/**
 * {@code gapless bench}: Gapless and its peers, measured in the same rounds. This package plans and runs them, each in processes of
 * its own ({@link dev.gapless.bench.process}), and sums up what they measured.
 */
@NullMarked
package dev.gapless.bench;

import org.jspecify.annotations.NullMarked;
