package io.lastmile.edge.mqtt;

import io.lastmile.edge.auth.Password;
import io.lastmile.edge.session.ClientPacket;
import org.jspecify.annotations.Nullable;

/**
 * What a CONNECT shows.
 *
 * @param userName null where there is none
 */
record NameAndPassword(@Nullable String userName, Password password)
        implements ClientPacket.Login {}
