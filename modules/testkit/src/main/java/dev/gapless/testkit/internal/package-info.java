/**
 * Drives the nodes of a test in turns, under virtual time.
 *
 * <p>Internal: public only for the other package of the test kit, not for applications.
 */
@NullMarked
package dev.gapless.testkit.internal;

import org.jspecify.annotations.NullMarked;
