/**
 * The one form of effects: what a node, a shard, and whatever they are made of want done goes into an
 * {@link dev.gapless.core.effect.Outbox}, in order, and whoever drives them carries it out.
 * {@link dev.gapless.core.node} tells which results are return values instead.
 */
@NullMarked
package dev.gapless.core.effect;

import org.jspecify.annotations.NullMarked;
