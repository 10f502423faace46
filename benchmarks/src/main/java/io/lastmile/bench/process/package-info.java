/** Lastmile's commands as processes that can be killed, paused and started again. */
@NullMarked
package io.lastmile.bench.process;

import org.jspecify.annotations.NullMarked;
