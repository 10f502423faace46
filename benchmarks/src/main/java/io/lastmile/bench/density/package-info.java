/** The benchmark of idle connections: what each of them takes of the edge and of the kernel. */
@NullMarked
package io.lastmile.bench.density;

import org.jspecify.annotations.NullMarked;
