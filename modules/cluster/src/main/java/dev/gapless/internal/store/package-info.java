/** Where a node keeps its durable logs, and tokens: what this module wants of a module that stores. */
@NullMarked
package dev.gapless.internal.store;

import org.jspecify.annotations.NullMarked;
