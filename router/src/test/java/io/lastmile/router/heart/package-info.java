/** Tests of the heart: one event at a time, commands looked at. */
@NullMarked
package io.lastmile.router.heart;

import org.jspecify.annotations.NullMarked;
