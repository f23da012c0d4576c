/** The producing side of a topic: one cursor for each reader, and what each is sent. */
@NullMarked
package dev.gapless.core.producer;

import org.jspecify.annotations.NullMarked;
