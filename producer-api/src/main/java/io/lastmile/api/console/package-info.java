/** The console: a page for people, served as files that ask the API. */
@NullMarked
package io.lastmile.api.console;

import org.jspecify.annotations.NullMarked;
