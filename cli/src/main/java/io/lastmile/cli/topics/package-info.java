/** {@code lastmile topics}: the topics as they are in Kafka. */
@NullMarked
package io.lastmile.cli.topics;

import org.jspecify.annotations.NullMarked;
