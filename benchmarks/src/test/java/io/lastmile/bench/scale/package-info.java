/** Tests of forecasts. */
@NullMarked
package io.lastmile.bench.scale;

import org.jspecify.annotations.NullMarked;
