/** Load clients for devices and producers, and the ledger that holds what they saw. */
@NullMarked
package io.lastmile.bench.load;

import org.jspecify.annotations.NullMarked;
