/** The commands about channels and broadcasts, which ask the API. */
@NullMarked
package io.lastmile.cli.channels;

import org.jspecify.annotations.NullMarked;
