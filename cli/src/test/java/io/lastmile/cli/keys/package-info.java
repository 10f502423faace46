/** Tests of making keys. */
@NullMarked
package io.lastmile.cli.keys;

import org.jspecify.annotations.NullMarked;
