/** Tests of the edge as a whole. */
@NullMarked
package io.lastmile.edge;

import org.jspecify.annotations.NullMarked;
