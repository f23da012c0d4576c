/** What is measured: Gapless, and other ways to send messages from one JVM to others. */
@NullMarked
package dev.gapless.bench.peer;

import org.jspecify.annotations.NullMarked;
