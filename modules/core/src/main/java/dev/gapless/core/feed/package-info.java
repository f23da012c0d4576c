/** What a node has received for a topic, in one order, and how positions of different lives of a producer compare. */
@NullMarked
package dev.gapless.core.feed;

import org.jspecify.annotations.NullMarked;
