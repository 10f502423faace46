/** MQTT 3.1.1 and 5 as far as an inbox needs it: the packets and the life of a connection. */
@NullMarked
package io.lastmile.edge.mqtt;

import org.jspecify.annotations.NullMarked;
