/** The benchmark of recovery: how long nobody is reached after a router or an edge has died. */
@NullMarked
package io.lastmile.bench.recovery;

import org.jspecify.annotations.NullMarked;
