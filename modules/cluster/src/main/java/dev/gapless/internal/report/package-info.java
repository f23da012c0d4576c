/**
 * What people read in the log: losses, and handlers that are slow.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.internal.report;

import org.jspecify.annotations.NullMarked;
