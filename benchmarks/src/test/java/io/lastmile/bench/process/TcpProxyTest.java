package io.lastmile.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wire that only seems cut would let every test of a cut pass. */
@Timeout(30)
class TcpProxyTest {
    private static final int WAIT_MS = 10_000;
    private static final int NOTHING_WITHIN_MS = 200;

    private final ServerSocket server;
    private final TcpProxy proxy;

    TcpProxyTest() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        proxy = new TcpProxy().leadTo((InetSocketAddress) server.getLocalSocketAddress());
    }

    private Socket client = new Socket();
    private Socket served = new Socket();

    @BeforeEach
    void connect() throws IOException {
        client = connection();
        served = server.accept();
        served.setSoTimeout(WAIT_MS);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        served.close();
        proxy.close();
        server.close();
    }

    private Socket connection() throws IOException {
        String address = proxy.address();
        int port = Integer.parseInt(address, address.indexOf(':') + 1, address.length(), 10);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(WAIT_MS);
        return socket;
    }

    @Test
    void wholeItPassesBothWaysAndTheEnd() throws IOException {
        client.getOutputStream().write(1);
        assertEquals(1, served.getInputStream().read());
        served.getOutputStream().write(2);
        assertEquals(2, client.getInputStream().read());
        served.close();
        assertEquals(-1, client.getInputStream().read());
    }

    @Test
    void cutItResetsWhatThereIsAndWhatComes() throws IOException {
        proxy.cut();
        assertThrows(IOException.class, () -> client.getInputStream().read());
        assertThrows(IOException.class, () -> served.getInputStream().read());
        assertThrows(
                IOException.class,
                () -> {
                    try (Socket refused = connection()) {
                        refused.getInputStream().read();
                    }
                });
        proxy.heal();
        try (Socket again = connection();
                Socket servedAgain = server.accept()) {
            again.getOutputStream().write(3);
            assertEquals(3, servedAgain.getInputStream().read());
        }
    }

    @Test
    void silentItHoldsEverythingUntilItIsHealed() throws IOException {
        proxy.silence();
        client.getOutputStream().write(1);
        client.close();
        served.setSoTimeout(NOTHING_WITHIN_MS);
        assertThrows(SocketTimeoutException.class, () -> served.getInputStream().read());
        proxy.heal();
        served.setSoTimeout(WAIT_MS);
        assertEquals(1, served.getInputStream().read());
        assertEquals(-1, served.getInputStream().read());
    }

    @Test
    void slowItTakesItsTime() throws IOException {
        proxy.slow(10_000);
        long startNs = System.nanoTime();
        client.getOutputStream().write(new byte[3_000]);
        assertEquals(3_000, served.getInputStream().readNBytes(3_000).length);
        assertTrue(System.nanoTime() - startNs >= 250_000_000L, "300 ms were due");
    }
}
