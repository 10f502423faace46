/** How many devices an edge takes in a second when they all come at once. */
@NullMarked
package io.lastmile.bench.storm;

import org.jspecify.annotations.NullMarked;
