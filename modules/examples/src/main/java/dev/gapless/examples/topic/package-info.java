/** What used Pekko's topic actor, and now is told what it missed. */
@NullMarked
package dev.gapless.examples.topic;

import org.jspecify.annotations.NullMarked;
