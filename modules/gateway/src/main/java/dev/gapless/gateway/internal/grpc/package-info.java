/**
 * Clients that speak gRPC: {@code gapless/v1/gapless.proto}.
 *
 * <p>Internal: public only for the other packages of Gapless, not for applications.
 */
@NullMarked
package dev.gapless.gateway.internal.grpc;

import org.jspecify.annotations.NullMarked;
