/** The life of a message, or of a device, told from the topics alone. */
@NullMarked
package io.lastmile.cli.trace;

import org.jspecify.annotations.NullMarked;
