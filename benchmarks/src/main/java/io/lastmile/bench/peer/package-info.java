/** What others put between a producer and a device, to compare with. */
@NullMarked
package io.lastmile.bench.peer;

import org.jspecify.annotations.NullMarked;
