/** {@code lastmile tail}: the records of a topic as lines of text or JSON. */
@NullMarked
package io.lastmile.cli.tail;

import org.jspecify.annotations.NullMarked;
