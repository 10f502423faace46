/** The producers' API: its settings and its wiring. */
@NullMarked
package io.lastmile.api;

import org.jspecify.annotations.NullMarked;
