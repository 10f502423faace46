/** Sockets of devices, apart from what is spoken over them. */
@NullMarked
package io.lastmile.edge.socket;

import org.jspecify.annotations.NullMarked;
