/** Peers that need libraries of their own. They live apart from the product, which has none of these libraries. */
@NullMarked
package dev.gapless.bench.apart;

import org.jspecify.annotations.NullMarked;
