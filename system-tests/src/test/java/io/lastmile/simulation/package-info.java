/**
 * The deterministic simulation: hearts, edges, devices and Kafka in one thread, driven by one seed.
 */
@NullMarked
package io.lastmile.simulation;

import org.jspecify.annotations.NullMarked;
