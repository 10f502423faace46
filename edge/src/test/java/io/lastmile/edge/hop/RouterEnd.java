package io.lastmile.edge.hop;

import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Payload;
import io.lastmile.wire.hop.HopCodec;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.hop.HopFrame.Challenge;
import io.lastmile.wire.hop.HopFrame.Hello;
import io.lastmile.wire.hop.HopFrame.Welcome;
import io.lastmile.wire.hop.HopProof;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A router's end of a hop, on a blocking socket. */
final class RouterEnd implements AutoCloseable {
    static final Payload NONCE = Payload.of(new byte[HopProof.NONCE_BYTES]);

    final Incarnation router;
    final Challenge challenge;
    private final Socket socket;
    private final DataInputStream in;

    RouterEnd(int port, String name, long number) throws IOException {
        router = new Incarnation(name, number);
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5_000);
        in = new DataInputStream(socket.getInputStream());
        challenge = (Challenge) read();
    }

    /** A hop whose handshake is over. */
    static RouterEnd open(int port, String name, long number, String secret) throws IOException {
        RouterEnd end = new RouterEnd(port, name, number);
        end.hello(HopFrame.VERSION, secret);
        Welcome welcome = (Welcome) end.read();
        Payload expected =
                HopProof.ofEdge(
                        secret, end.router, end.challenge.edge(), NONCE, end.challenge.nonce());
        if (!HopProof.matches(expected, welcome.proof())) {
            throw new AssertionError("the edge does not know the secret");
        }
        return end;
    }

    void hello(int version, String secret) throws IOException {
        Payload proof =
                HopProof.ofRouter(secret, router, challenge.edge(), NONCE, challenge.nonce());
        send(new Hello(version, router, NONCE, proof));
    }

    void send(HopFrame frame) throws IOException {
        ByteBuffer encoded = HopCodec.encode(frame);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        sendRaw(bytes);
    }

    void sendRaw(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    HopFrame read() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return HopCodec.decode(ByteBuffer.wrap(bytes));
    }

    /** Whether the edge closes the connection without another frame. */
    boolean isClosedByEdge() throws IOException {
        try {
            HopFrame frame = read();
            throw new AssertionError("not closed but " + frame);
        } catch (EOFException | SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
