/** Judges what the instances say over REST, and knows nothing of Gapless, or of the service. */
package dev.gapless.examples.pricing.checker;
