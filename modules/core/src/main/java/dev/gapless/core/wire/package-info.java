/** The messages between producers, consumers and hubs: one record each, checked where it is made. */
@NullMarked
package dev.gapless.core.wire;

import org.jspecify.annotations.NullMarked;
