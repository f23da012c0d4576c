/** Who is in the cluster, and under which name. */
@NullMarked
package dev.gapless.core.member;

import org.jspecify.annotations.NullMarked;
