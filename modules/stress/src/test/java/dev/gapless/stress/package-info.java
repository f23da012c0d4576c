/**
 * Runs the tests of what several threads share. They lie in the packages of what they test; each lets two threads do a few
 * steps at the same time, millions of times over, and lists the outcomes that are allowed.
 */
package dev.gapless.stress;
