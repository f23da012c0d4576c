/** The {@code gapless} program. */
@NullMarked
package dev.gapless.node;

import org.jspecify.annotations.NullMarked;
