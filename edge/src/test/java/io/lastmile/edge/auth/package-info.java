/** How devices show who they are. */
@NullMarked
package io.lastmile.edge.auth;

import org.jspecify.annotations.NullMarked;
