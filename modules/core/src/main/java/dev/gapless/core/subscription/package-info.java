/** One reader of a feed: its position in every producer, its reloads and its token. */
@NullMarked
package dev.gapless.core.subscription;

import org.jspecify.annotations.NullMarked;
