/** Tests of keys and their file. */
@NullMarked
package io.lastmile.api.keys;

import org.jspecify.annotations.NullMarked;
