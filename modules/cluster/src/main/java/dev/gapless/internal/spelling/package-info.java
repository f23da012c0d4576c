/** Which known name somebody meant who wrote another one. */
@NullMarked
package dev.gapless.internal.spelling;

import org.jspecify.annotations.NullMarked;
