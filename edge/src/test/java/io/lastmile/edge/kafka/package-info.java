/** Tests of the writer of events. */
@NullMarked
package io.lastmile.edge.kafka;

import org.jspecify.annotations.NullMarked;
