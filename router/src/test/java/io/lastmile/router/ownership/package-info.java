/** Tests of who owns which partition. */
@NullMarked
package io.lastmile.router.ownership;

import org.jspecify.annotations.NullMarked;
