/**
 * What an owner does between its heart and the world: claims, restores, asks edges, feeds. Pure but
 * for the one lock that lets several threads feed a partition: no Kafka, no sockets, no clock.
 */
@NullMarked
package io.lastmile.router.owner;

import org.jspecify.annotations.NullMarked;
