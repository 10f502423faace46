/**
 * What every process does with Kafka: client settings, the topics' check, the heartbeat, the view
 * of all nodes.
 */
@NullMarked
package io.lastmile.node.kafka;

import org.jspecify.annotations.NullMarked;
