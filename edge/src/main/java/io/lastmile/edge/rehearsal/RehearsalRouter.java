package io.lastmile.edge.rehearsal;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Message;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Challenge;
import io.lastmile.wire.hop.HopFrame.Deliver;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.Own;
import io.lastmile.wire.hop.HopProof;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;

/** A router's end of a hop, which waits for every answer. */
final class RehearsalRouter implements AutoCloseable {
    private static final long TTL_MS = Duration.ofMinutes(1).toMillis();
    private static final Payload NONCE = Payload.of(new byte[HopProof.NONCE_BYTES]);

    private final Incarnation self = new Incarnation("rehearsal", 0);
    private final Socket socket;
    private final DataInputStream in;
    private final WritableByteChannel out;
    private long epoch;

    /** A hop whose handshake is over. */
    RehearsalRouter(int port, String secret) throws IOException {
        socket = LoopbackSocket.open(port);
        in = new DataInputStream(socket.getInputStream());
        out = Channels.newChannel(socket.getOutputStream());
        try {
            shakeHands(secret);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void shakeHands(String secret) throws IOException {
        if (!(read() instanceof Challenge(int version, Incarnation edge, Payload nonce))) {
            throw new IOException("an edge's first word is a challenge");
        }
        Payload proof = HopProof.ofRouter(secret, self, edge, NONCE, nonce);
        send(new Hello(version, self, NONCE, proof));
        read();
    }

    /** Owns the partition from now on, until the next time. */
    void own(int partition) throws IOException {
        send(new Own(partition, ++epoch, epoch));
        read();
    }

    /** Sends the device a message. */
    void give(DeviceId device, int partition, long session) throws IOException {
        send(
                new Deliver(
                        partition,
                        epoch,
                        session,
                        0,
                        new MessageId(partition, 0),
                        TTL_MS,
                        Message.plain(device, Payload.ofText("rehearsal"))));
    }

    private void send(HopFrame frame) throws IOException {
        out.write(HopCodec.encode(frame));
    }

    private HopFrame read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return HopCodec.decode(ByteBuffer.wrap(frame));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
