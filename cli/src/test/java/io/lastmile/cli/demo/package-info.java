/** Tests of the demo. */
@NullMarked
package io.lastmile.cli.demo;

import org.jspecify.annotations.NullMarked;
