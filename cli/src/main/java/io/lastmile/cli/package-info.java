/** The {@code lastmile} command: its subcommands, how they report errors, where they log. */
@NullMarked
package io.lastmile.cli;

import org.jspecify.annotations.NullMarked;
