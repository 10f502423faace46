/** Tests of the harness: what it breaks has to be broken. */
@NullMarked
package io.lastmile.bench.process;

import org.jspecify.annotations.NullMarked;
