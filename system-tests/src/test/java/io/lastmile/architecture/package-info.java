/** The rules of the house, held by the build: who may know whom, and what a source looks like. */
@NullMarked
package io.lastmile.architecture;

import org.jspecify.annotations.NullMarked;
