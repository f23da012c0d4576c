/** Settings that are changed in one place and known everywhere. */
@NullMarked
package dev.gapless.examples.config;

import org.jspecify.annotations.NullMarked;
