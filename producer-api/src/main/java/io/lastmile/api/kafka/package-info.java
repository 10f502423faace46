/** The API's Kafka side: messages on their way to acks=all. */
@NullMarked
package io.lastmile.api.kafka;

import org.jspecify.annotations.NullMarked;
