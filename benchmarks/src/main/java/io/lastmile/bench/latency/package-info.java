/** How long a message takes from its POST to its device, at a steady rate. */
@NullMarked
package io.lastmile.bench.latency;

import org.jspecify.annotations.NullMarked;
