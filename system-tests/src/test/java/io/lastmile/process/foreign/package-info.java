/** Devices that run MQTT clients which nobody here wrote. */
@NullMarked
package io.lastmile.process.foreign;

import org.jspecify.annotations.NullMarked;
