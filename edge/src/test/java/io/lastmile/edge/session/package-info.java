/** Tests of what an edge knows about its sessions. */
@NullMarked
package io.lastmile.edge.session;

import org.jspecify.annotations.NullMarked;
