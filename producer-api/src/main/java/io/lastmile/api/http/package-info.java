/** The API's HTTP side: requests to messages and questions, results to answers. */
@NullMarked
package io.lastmile.api.http;

import org.jspecify.annotations.NullMarked;
