/** A real browser, and what a test does with a page in it. */
@NullMarked
package io.lastmile.process.browser;

import org.jspecify.annotations.NullMarked;
