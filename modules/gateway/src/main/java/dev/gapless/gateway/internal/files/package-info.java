/**
 * Files of settings that are read again when they change.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.files;

import org.jspecify.annotations.NullMarked;
