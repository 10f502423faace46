/** Tests of what measures an outage. */
@NullMarked
package io.lastmile.bench.recovery;

import org.jspecify.annotations.NullMarked;
