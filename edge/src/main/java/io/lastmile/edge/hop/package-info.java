/** The edge's end of the hop: routers come here with messages and questions. */
@NullMarked
package io.lastmile.edge.hop;

import org.jspecify.annotations.NullMarked;
