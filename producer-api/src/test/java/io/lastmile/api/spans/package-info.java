/** Tests of spans. */
@NullMarked
package io.lastmile.api.spans;

import org.jspecify.annotations.NullMarked;
