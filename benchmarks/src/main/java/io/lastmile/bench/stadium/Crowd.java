package io.lastmile.bench.stadium;

import io.lastmile.bench.load.AckingDevices;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Some of the devices, in a process of their own: it notes when each is given its message. Its
 * clock is the machine's monotonic one, as that of the benchmark.
 */
public final class Crowd {
    private final int first;
    private final int end;
    private final int all;
    private final long[] givenNs;
    private int wave;
    private boolean broadcast;
    private long again;
    private @Nullable AckingDevices devices;

    private Crowd(int first, int end, int all) {
        this.first = first;
        this.end = end;
        this.all = all;
        givenNs = new long[end - first];
    }

    /**
     * Obeys.
     *
     * @param args port of the orders, first device, the one behind the last, how many there are in
     *     all crowds
     */
    public static void main(String[] args) throws IOException {
        int first = Integer.parseInt(args[1]);
        int end = Integer.parseInt(args[2]);
        Crowd crowd = new Crowd(first, end, Integer.parseInt(args[3]));
        Orders.obey(Integer.parseInt(args[0]), crowd::obey);
    }

    private void obey(Order order, int number, DataOutputStream answer) throws IOException {
        switch (order) {
            case CONNECT -> connect(number);
            case EXPECT -> expect(number, false);
            case EXPECT_BROADCAST -> expect(number, true);
            case TELL_TIMES -> tellTimes(answer);
            case TELL_AGAIN -> tellAgain(answer);
            case LEAVE -> leave();
            case FAN_OUT -> throw new IllegalArgumentException("a crowd sends nothing");
        }
    }

    private void connect(int port) throws IOException {
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        devices = new AckingDevices(server, _ -> "inbox/+", first, end, 1, this::given);
    }

    private synchronized void expect(int number, boolean isBroadcast) {
        wave = number;
        broadcast = isBroadcast;
        Arrays.fill(givenNs, 0);
    }

    private synchronized void given(int device, long number) {
        long nowNs = System.nanoTime();
        int index = device - first;
        long expected =
                broadcast ? NumberOf.broadcast(wave, all) : NumberOf.message(wave, all, device);
        if (number != expected || givenNs[index] != 0) {
            again++; // a second time, of another wave, or somebody else's
        } else {
            givenNs[index] = nowNs;
        }
    }

    private synchronized void tellAgain(DataOutputStream answer) throws IOException {
        answer.writeLong(again);
    }

    /** For each device, 0 where nothing came. */
    private synchronized void tellTimes(DataOutputStream answer) throws IOException {
        for (long ns : givenNs) {
            answer.writeLong(ns);
        }
    }

    private void leave() throws IOException {
        if (devices != null) {
            devices.close();
            devices = null;
        }
    }
}
