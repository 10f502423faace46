/** Tests of what every process is made of. */
@NullMarked
package io.lastmile.node;

import org.jspecify.annotations.NullMarked;
