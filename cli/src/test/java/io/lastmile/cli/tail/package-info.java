/** Tests of the package of the same name. */
@NullMarked
package io.lastmile.cli.tail;

import org.jspecify.annotations.NullMarked;
