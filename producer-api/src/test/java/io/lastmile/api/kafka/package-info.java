/** Tests of the way into Kafka. */
@NullMarked
package io.lastmile.api.kafka;

import org.jspecify.annotations.NullMarked;
