/** What a producer keeps: messages in the form in which they travel, written under a short lock and read by many without one. */
@NullMarked
package dev.gapless.core.log;

import org.jspecify.annotations.NullMarked;
