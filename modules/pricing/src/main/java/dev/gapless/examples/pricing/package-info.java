/**
 * A service that has all prices in memory, with Spring Boot. One instance publishes: it has the profile {@code publisher}, writes rows to the
 * database, and publishes each. The others read. All of them answer {@code GET /prices}, {@code /cached} and {@code /status}.
 */
@NullMarked
package dev.gapless.examples.pricing;

import org.jspecify.annotations.NullMarked;
