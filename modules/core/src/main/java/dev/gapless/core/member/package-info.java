/** Who is in the cluster under which name, and whether it still answers. */
@NullMarked
package dev.gapless.core.member;

import org.jspecify.annotations.NullMarked;
