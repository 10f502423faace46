/** Devices and a producer, so that there is something to see. */
@NullMarked
package io.lastmile.cli.demo;

import org.jspecify.annotations.NullMarked;
