package io.lastmile.simulation;

import io.lastmile.edge.session.Session;
import io.lastmile.edge.session.Sessions;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;

/** A session of a simulated edge with the device's connection and the table that holds it. */
final class EdgeSession extends Session {
    final DeviceConnection connection;
    final int qos;
    final long openedAtMs;
    final Sessions<EdgeSession> table;

    EdgeSession(
            Incarnation edge,
            Sessions<EdgeSession> table,
            DeviceId device,
            int partition,
            int windowMessages,
            DeviceConnection connection) {
        super(edge, table.issue(), device, partition, windowMessages);
        this.table = table;
        this.connection = connection;
        this.openedAtMs = connection.edge.world.agenda.nowMs();
        this.qos = connection.device.qos;
    }
}
