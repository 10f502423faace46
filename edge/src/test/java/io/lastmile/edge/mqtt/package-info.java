/** Tests of MQTT packets and connections. */
@NullMarked
package io.lastmile.edge.mqtt;

import org.jspecify.annotations.NullMarked;
