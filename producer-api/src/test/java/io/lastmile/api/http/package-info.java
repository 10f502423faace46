/** Tests of the API over real HTTP. */
@NullMarked
package io.lastmile.api.http;

import org.jspecify.annotations.NullMarked;
