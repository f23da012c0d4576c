/** The traces of OpenTelemetry: from the thread that publishes a message to those that handle it. */
@NullMarked
package dev.gapless.internal.trace;

import org.jspecify.annotations.NullMarked;
