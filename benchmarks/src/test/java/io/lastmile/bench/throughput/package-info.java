/** Tests of what the benchmarks of throughput are made of. */
@NullMarked
package io.lastmile.bench.throughput;

import org.jspecify.annotations.NullMarked;
