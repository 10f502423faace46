/** Tests of what an edge does before it is ready. */
@NullMarked
package io.lastmile.edge.rehearsal;

import org.jspecify.annotations.NullMarked;
