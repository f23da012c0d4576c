/** Publishes what an application has committed, whatever dies in between. */
@NullMarked
package dev.gapless.examples.outbox;

import org.jspecify.annotations.NullMarked;
