/** {@code lastmile api}, {@code router} and {@code edge}: each service as a process of its own. */
@NullMarked
package io.lastmile.cli.service;

import org.jspecify.annotations.NullMarked;
