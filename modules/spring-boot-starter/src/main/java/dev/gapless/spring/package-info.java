/**
 * Gapless in an application of Spring Boot 3.5 or 4: an actor system with the application's life, settings from its environment, health and
 * metrics. {@code docs/spring.md} says how to use it.
 *
 * <p>Nothing here is called by the application, except that its tests import {@link dev.gapless.spring.GaplessTestKitConfiguration}.
 */
@NullMarked
package dev.gapless.spring;

import org.jspecify.annotations.NullMarked;
