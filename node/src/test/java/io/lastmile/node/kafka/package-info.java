/** Tests of what every process does with Kafka. */
@NullMarked
package io.lastmile.node.kafka;

import org.jspecify.annotations.NullMarked;
