/** What is asked of a replay over HTTP, and what is answered. */
@NullMarked
package io.lastmile.api.replay;

import org.jspecify.annotations.NullMarked;
