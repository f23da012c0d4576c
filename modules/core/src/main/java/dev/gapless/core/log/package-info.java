/** What a producer keeps: a ring of frames, written under a short lock and read by many without one. */
@NullMarked
package dev.gapless.core.log;

import org.jspecify.annotations.NullMarked;
