/** Tests of what a benchmark leaves. */
@NullMarked
package io.lastmile.bench;

import org.jspecify.annotations.NullMarked;
