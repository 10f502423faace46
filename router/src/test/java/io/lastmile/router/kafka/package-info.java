/** Tests of what turns Kafka's records into events and back. */
@NullMarked
package io.lastmile.router.kafka;

import org.jspecify.annotations.NullMarked;
