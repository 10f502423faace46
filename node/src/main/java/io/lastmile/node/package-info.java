/**
 * What every process is made of: settings, clock, lifecycle, metrics, health and the admin port.
 */
@NullMarked
package io.lastmile.node;

import org.jspecify.annotations.NullMarked;
