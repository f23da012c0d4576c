/** Runs the protocol on Pekko Cluster. Not for applications. */
@NullMarked
package dev.gapless.internal;

import org.jspecify.annotations.NullMarked;
