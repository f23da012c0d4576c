/** Small applications: each package is one. The tests run them all. */
@NullMarked
package dev.gapless.examples;

import org.jspecify.annotations.NullMarked;
