/** Tests of the package of the same name. */
@NullMarked
package io.lastmile.cli.replay;

import org.jspecify.annotations.NullMarked;
