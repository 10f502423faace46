/** {@code lastmile replay}: a device's messages of some time, appended again. */
@NullMarked
package io.lastmile.cli.replay;

import org.jspecify.annotations.NullMarked;
