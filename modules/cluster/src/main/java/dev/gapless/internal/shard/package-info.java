/**
 * Drives the core's shard, on a cluster and in the test kit: between the logs of {@code publish} and the readers of
 * {@code subscribe}.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.shard;

import org.jspecify.annotations.NullMarked;
