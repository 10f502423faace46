/** Tests of the documentation: what it links to and names is there. */
@NullMarked
package io.lastmile.docs;

import org.jspecify.annotations.NullMarked;
