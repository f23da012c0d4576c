/** What the judges of mutants share: {@code JudgesOfMutants} in the tests of each module that PIT mutates. */
@NullMarked
package dev.gapless.pit;

import org.jspecify.annotations.NullMarked;
