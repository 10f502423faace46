/** Tests of traces. */
@NullMarked
package io.lastmile.node.trace;

import org.jspecify.annotations.NullMarked;
