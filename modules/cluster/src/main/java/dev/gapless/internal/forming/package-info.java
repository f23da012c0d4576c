/** How a node finds out whether others of its cluster are there, before it forms one. */
@NullMarked
package dev.gapless.internal.forming;

import org.jspecify.annotations.NullMarked;
