/**
 * The hearts' shell towards Kafka: claims, reads, transactions, bodies read back, edges declared
 * gone.
 */
@NullMarked
package io.lastmile.router.kafka;

import org.jspecify.annotations.NullMarked;
