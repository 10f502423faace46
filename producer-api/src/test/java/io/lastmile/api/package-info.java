/** Tests of the API's settings. */
@NullMarked
package io.lastmile.api;

import org.jspecify.annotations.NullMarked;
