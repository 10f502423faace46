/** Real processes, real Kafka, clients that are not ours, kill -9. */
@NullMarked
package io.lastmile.process;

import org.jspecify.annotations.NullMarked;
