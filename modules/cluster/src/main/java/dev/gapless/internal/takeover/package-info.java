/** Stand-ins: what this process runs for nodes that are gone, while their store has what others lack. */
@NullMarked
package dev.gapless.internal.takeover;

import org.jspecify.annotations.NullMarked;
