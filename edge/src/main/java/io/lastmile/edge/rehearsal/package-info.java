/**
 * What an edge does once before it is ready, so that its first devices find it as quick as later
 * ones.
 */
@NullMarked
package io.lastmile.edge.rehearsal;

import org.jspecify.annotations.NullMarked;
