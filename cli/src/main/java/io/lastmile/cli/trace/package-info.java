/** The command that tells the life of a message, or of a device. */
@NullMarked
package io.lastmile.cli.trace;

import org.jspecify.annotations.NullMarked;
