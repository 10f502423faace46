/**
 * The router's decisions: a pure state machine a partition, events in, commands out; no I/O, clock
 * or thread.
 */
@NullMarked
package io.lastmile.router.heart;

import org.jspecify.annotations.NullMarked;
