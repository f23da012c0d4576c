/**
 * How a node's consumers and subscriptions look to whoever drives and reads them. Nothing in here says how a consumer keeps what came, or
 * how a subscription knows where it stands.
 */
@NullMarked
package dev.gapless.core.delivery;

import org.jspecify.annotations.NullMarked;
