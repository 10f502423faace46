package io.lastmile.bench.stadium;

import io.lastmile.bench.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** All devices: the processes that hold them. One thread. */
final class Crowds implements AutoCloseable {
    private final StadiumOptions options;
    private final OrderedProcesses processes;

    /** Starts them; nobody is connected. */
    Crowds(StadiumOptions options, JavaLaunch java, Path folder) throws IOException {
        this.options = options;
        processes =
                new OrderedProcesses(
                        options.processes(),
                        i ->
                                OrderedProcess.start(
                                        java,
                                        Crowd.class,
                                        folder.resolve("crowd-" + i + ".out"),
                                        options.firstDevice(i),
                                        options.firstDevice(i + 1),
                                        options.devices()));
    }

    /** Connects each crowd to a server of its own, all at once. */
    void connect(List<Integer> ports) throws IOException {
        processes.order(Order.CONNECT, ports);
        processes.await();
    }

    /** Expects that wave from now on. */
    void expect(int wave) throws IOException {
        processes.order(Order.EXPECT, wave);
        processes.await();
    }

    /** Expects that wave from now on, in which all devices are given the same. */
    void expectBroadcast(int wave) throws IOException {
        processes.order(Order.EXPECT_BROADCAST, wave);
        processes.await();
    }

    /** When devices were given their messages of the wave, which began then. */
    Times times(long beganNs) throws IOException {
        long[] givenNs = new long[options.devices()];
        processes.order(Order.TELL_TIMES, 0);
        processes.await((i, answer) -> {
            for (int n = options.firstDevice(i); n < options.firstDevice(i + 1); n++) {
                givenNs[n] = answer.readLong();
            }
        });
        return new Times(beganNs, givenNs);
    }

    /** How often, in all waves, a device was given something twice or not its own. */
    long again() throws IOException {
        long[] again = new long[1];
        processes.order(Order.TELL_AGAIN, 0);
        processes.await((_, answer) -> again[0] += answer.readLong());
        return again[0];
    }

    /** Closes all connections. */
    void leave() throws IOException {
        processes.order(Order.LEAVE, 0);
        processes.await();
    }

    /** The processor time of all. */
    long processorUs() throws IOException {
        return processes.processorUs();
    }

    @Override
    public void close() throws IOException {
        processes.close();
    }
}
