/**
 * The numbers of a node, a topic and a subscription, and the meters that monitoring systems see. It knows nothing of what it measures but a few
 * small interfaces.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.measure;

import org.jspecify.annotations.NullMarked;
