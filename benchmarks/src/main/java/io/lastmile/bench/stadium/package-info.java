/** One message each to very many devices at once, beside a bare fan-out to as many sockets. */
@NullMarked
package io.lastmile.bench.stadium;

import org.jspecify.annotations.NullMarked;
