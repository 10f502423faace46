/** The benchmark of one router: memory, restart, idleness, storms and isolation, at scale. */
@NullMarked
package io.lastmile.bench.router;

import org.jspecify.annotations.NullMarked;
