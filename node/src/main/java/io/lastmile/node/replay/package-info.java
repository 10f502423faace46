/** Messages of the topic once more: which, as what, how fast, and where to. */
@NullMarked
package io.lastmile.node.replay;

import org.jspecify.annotations.NullMarked;
