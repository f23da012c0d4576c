/** {@code gapless bench-report}: tables and charts of what was measured, for a document. The same results give the same bytes. */
@NullMarked
package dev.gapless.bench.report;

import org.jspecify.annotations.NullMarked;
