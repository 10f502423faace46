/** Makes keys of the API. */
@NullMarked
package io.lastmile.cli.keys;

import org.jspecify.annotations.NullMarked;
