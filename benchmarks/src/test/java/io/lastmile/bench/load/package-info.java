/** Tests of the load client's own book-keeping. */
@NullMarked
package io.lastmile.bench.load;

import org.jspecify.annotations.NullMarked;
