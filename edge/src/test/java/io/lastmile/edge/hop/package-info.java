/** Tests of the edge's end of the hop. */
@NullMarked
package io.lastmile.edge.hop;

import org.jspecify.annotations.NullMarked;
