/**
 * Who owns which partition, as the log of nodes tells it: pure, without I/O, clock or threads.
 * Every router that has read as far as another decides the same.
 */
@NullMarked
package io.lastmile.router.ownership;

import org.jspecify.annotations.NullMarked;
