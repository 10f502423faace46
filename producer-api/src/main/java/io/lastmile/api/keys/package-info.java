/** Who may call the API: keys, what they allow, and the file they are in. */
@NullMarked
package io.lastmile.api.keys;

import org.jspecify.annotations.NullMarked;
