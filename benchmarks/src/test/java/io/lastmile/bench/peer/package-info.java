/** Tests of what others are started with. */
@NullMarked
package io.lastmile.bench.peer;

import org.jspecify.annotations.NullMarked;
