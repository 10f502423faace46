/**
 * The hot parts, each alone in a JVM with nothing around it: codecs, the state machine, deadlines,
 * tables. What is not public is measured through its nearest public neighbour, as it is used.
 */
@NullMarked
package io.lastmile.bench.micro;

import org.jspecify.annotations.NullMarked;
