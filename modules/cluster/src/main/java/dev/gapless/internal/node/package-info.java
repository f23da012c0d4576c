/**
 * One node: the extension, its actors, its settings. Puts all other rooms together.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.node;

import org.jspecify.annotations.NullMarked;
