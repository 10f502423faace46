/**
 * What an edge knows about its sessions and their owners: pure, without sockets, clock or Kafka.
 */
@NullMarked
package io.lastmile.edge.session;

import org.jspecify.annotations.NullMarked;
