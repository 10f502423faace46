/** {@code lastmile dev}: Kafka, API, router and edge in one process, and the broker by itself. */
@NullMarked
package io.lastmile.cli.dev;

import org.jspecify.annotations.NullMarked;
