/** Tests of the console's files. */
@NullMarked
package io.lastmile.api.console;

import org.jspecify.annotations.NullMarked;
