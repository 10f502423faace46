/** Bytes to record and back: one file a topic, each value beginning with its version byte. */
@NullMarked
package io.lastmile.wire.record;

import org.jspecify.annotations.NullMarked;
