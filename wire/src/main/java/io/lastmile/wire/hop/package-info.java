/** What a router and an edge say to each other over the hop, and the bytes of it. */
@NullMarked
package io.lastmile.wire.hop;

import org.jspecify.annotations.NullMarked;
