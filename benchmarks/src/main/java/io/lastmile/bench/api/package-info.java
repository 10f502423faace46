/** The producer API under as many posts as it takes, beside plain producers on the same broker. */
@NullMarked
package io.lastmile.bench.api;

import org.jspecify.annotations.NullMarked;
