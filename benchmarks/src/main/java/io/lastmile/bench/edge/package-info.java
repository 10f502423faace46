/** A virtual edge: the hop and the events of an edge with millions of devices, without a socket. */
@NullMarked
package io.lastmile.bench.edge;

import org.jspecify.annotations.NullMarked;
