/** What is in the folder deploy, held to what reads it. */
@NullMarked
package io.lastmile.deploy;

import org.jspecify.annotations.NullMarked;
