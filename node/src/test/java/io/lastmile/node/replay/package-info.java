/** Tests of replays. */
@NullMarked
package io.lastmile.node.replay;

import org.jspecify.annotations.NullMarked;
