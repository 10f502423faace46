/** Tests of sockets and their loops. */
@NullMarked
package io.lastmile.edge.socket;

import org.jspecify.annotations.NullMarked;
