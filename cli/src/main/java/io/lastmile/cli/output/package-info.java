/** What the tools print: named fields as a line of text or of JSON. */
@NullMarked
package io.lastmile.cli.output;

import org.jspecify.annotations.NullMarked;
