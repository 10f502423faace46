/** The router: its settings, its parts in one visible place, its main. */
@NullMarked
package io.lastmile.router;

import org.jspecify.annotations.NullMarked;
