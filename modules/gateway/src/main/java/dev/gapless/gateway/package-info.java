/** HTTP, server-sent events and WebSocket: topics for browsers and other languages, with the same guarantees. */
@NullMarked
package dev.gapless.gateway;

import org.jspecify.annotations.NullMarked;
