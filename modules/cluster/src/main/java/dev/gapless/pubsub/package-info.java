/** Gapless in the shape of Pekko's topic actor: for applications that change an import. */
@NullMarked
package dev.gapless.pubsub;

import org.jspecify.annotations.NullMarked;
