/** The router's end of the hop: one connection to every edge. */
@NullMarked
package io.lastmile.router.hop;

import org.jspecify.annotations.NullMarked;
