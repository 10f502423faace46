/** Tests of claims, restoring and feeding. */
@NullMarked
package io.lastmile.router.owner;

import org.jspecify.annotations.NullMarked;
