/** Routers killed at random moments under load, and books that have to agree afterwards. */
@NullMarked
package io.lastmile.bench.kills;

import org.jspecify.annotations.NullMarked;
