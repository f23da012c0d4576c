/** {@code gapless demo}: three processes, real faults, and a check that does not believe Gapless's own bookkeeping. */
@NullMarked
package dev.gapless.node.demo;

import org.jspecify.annotations.NullMarked;
