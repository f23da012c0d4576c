/** A node says hello to itself. */
@NullMarked
package dev.gapless.examples.hello;

import org.jspecify.annotations.NullMarked;
