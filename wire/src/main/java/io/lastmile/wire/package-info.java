/**
 * The words of Lastmile as values: what the services, and everybody who reads their topics, say to
 * each other.
 */
@NullMarked
package io.lastmile.wire;

import org.jspecify.annotations.NullMarked;
