/** The figures of all nodes together: gathered from their metrics, once a second while watched. */
@NullMarked
package io.lastmile.api.figures;

import org.jspecify.annotations.NullMarked;
