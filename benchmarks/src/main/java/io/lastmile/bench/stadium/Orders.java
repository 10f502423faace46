package io.lastmile.bench.stadium;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/**
 * The orders that a process gets over a connection to the benchmark that has started it. One thread
 * obeys them, in order.
 */
final class Orders {
    private Orders() {}

    /** Does what is ordered. */
    @FunctionalInterface
    interface Obeying {
        /**
         * Does it.
         *
         * @param answer what belongs behind the word that all is well
         * @throws Exception whose text is the answer
         */
        void obey(Order order, int number, DataOutputStream answer) throws Exception;
    }

    /** Obeys until the benchmark closes the connection, or has ended. */
    static void obey(int port, Obeying obeying) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
            socket.setTcpNoDelay(true);
            while (true) {
                Order order = Order.valueOf(in.readUTF());
                socket.getOutputStream().write(answer(obeying, order, in.readInt()));
            }
        } catch (EOFException e) {
            // nobody is there any more
        }
    }

    private static byte[] answer(Obeying obeying, Order order, int number) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream answer = new DataOutputStream(bytes);
        answer.writeBoolean(true);
        try {
            obeying.obey(order, number, answer);
        } catch (Exception e) {
            bytes.reset();
            answer.writeBoolean(false);
            answer.writeUTF(e.toString());
        }
        return bytes.toByteArray();
    }
}
