/** The edge: holds the devices' sockets, gives them their messages and writes what they said. */
@NullMarked
package io.lastmile.edge;

import org.jspecify.annotations.NullMarked;
