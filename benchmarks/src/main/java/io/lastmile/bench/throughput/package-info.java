/** How many messages a second get through, from a producer to the proof of delivery. */
@NullMarked
package io.lastmile.bench.throughput;

import org.jspecify.annotations.NullMarked;
