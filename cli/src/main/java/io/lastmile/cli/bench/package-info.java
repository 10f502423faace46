/** {@code lastmile bench}: the benchmarks as commands. */
@NullMarked
package io.lastmile.cli.bench;

import org.jspecify.annotations.NullMarked;
