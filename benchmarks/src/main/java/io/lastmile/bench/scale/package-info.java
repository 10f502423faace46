/** What would happen to deployments that are larger than what can be measured. */
@NullMarked
package io.lastmile.bench.scale;

import org.jspecify.annotations.NullMarked;
