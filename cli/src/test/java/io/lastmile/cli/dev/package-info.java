/** Tests of the package of the same name. */
@NullMarked
package io.lastmile.cli.dev;

import org.jspecify.annotations.NullMarked;
