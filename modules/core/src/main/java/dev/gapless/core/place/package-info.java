/**
 * What a node knows of the producers of a topic, and what comes behind a place in one of them: values, and functions of them.
 *
 * <p>A producer is a sequence of {@link dev.gapless.core.place.Generation}s, the messages of one incarnation each. A subscription has one {@link
 * dev.gapless.core.place.ProducerPlace} in each producer. {@link dev.gapless.core.place.KnownProducer#next} says what comes behind it: a message, a loss, or
 * nothing yet. {@link dev.gapless.core.place.KnownProducer#lead} says where a loss leads.
 *
 * <p>The consumer that this is for is {@link dev.gapless.core.topic}. {@code docs/model} is a program of its rules, and these classes are compared with that
 * program, case by case.
 */
@NullMarked
package dev.gapless.core.place;

import org.jspecify.annotations.NullMarked;
