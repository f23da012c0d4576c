/** The one place that touches what the application hands over. */
@NullMarked
package dev.gapless.internal.fence;

import org.jspecify.annotations.NullMarked;
