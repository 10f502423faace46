/** The life of a message, or of a device, put together from what the topics tell. */
@NullMarked
package io.lastmile.node.trace;

import org.jspecify.annotations.NullMarked;
