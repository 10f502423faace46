/** {@code lastmile doctor}: looks at a deployment and says what to change. */
@NullMarked
package io.lastmile.cli.doctor;

import org.jspecify.annotations.NullMarked;
