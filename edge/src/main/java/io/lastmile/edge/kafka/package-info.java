/** The edge's side of Kafka: writes what happens to sessions. */
@NullMarked
package io.lastmile.edge.kafka;

import org.jspecify.annotations.NullMarked;
