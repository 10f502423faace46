/** Benchmarks: each runs what it needs as processes, prints a table and writes JSON. */
@NullMarked
package io.lastmile.bench;

import org.jspecify.annotations.NullMarked;
