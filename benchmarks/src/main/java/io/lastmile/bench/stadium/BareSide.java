package io.lastmile.bench.stadium;

import io.lastmile.bench.Figure;
import io.lastmile.bench.process.FreePorts;
import io.lastmile.bench.process.JavaLaunch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A bare server for each crowd, which writes to its sockets and does nothing else. */
final class BareSide implements Side {
    private final StadiumOptions options;
    private final Crowds crowds;
    private final List<Integer> ports;
    private final OrderedProcesses servers;

    BareSide(StadiumOptions options, Crowds crowds, JavaLaunch java, Path folder)
            throws IOException {
        this.options = options;
        this.crowds = crowds;
        ports = Stream.generate(FreePorts::next).limit(options.processes()).toList();
        servers =
                new OrderedProcesses(
                        options.processes(),
                        i ->
                                OrderedProcess.start(
                                        java,
                                        BareServer.class,
                                        folder.resolve("bare-" + i + ".out"),
                                        ports.get(i),
                                        options.payloadBytes(),
                                        options.devices()));
    }

    @Override
    public String name() {
        return "bare";
    }

    @Override
    public void connect() throws IOException {
        crowds.connect(ports);
    }

    @Override
    public Map<Figure, Double> wave(int number) throws IOException {
        crowds.expect(number);
        long serversUs = servers.processorUs();
        long clientsUs = crowds.processorUs();
        int[] acknowledged = new int[1];
        long beganNs = System.nanoTime();
        servers.order(Order.FAN_OUT, number);
        servers.await((_, answer) -> acknowledged[0] += answer.readInt());
        serversUs = servers.processorUs() - serversUs;
        clientsUs = crowds.processorUs() - clientsUs;
        Times times = crowds.times(beganNs);
        int reached = Math.min(times.count(), acknowledged[0]);
        if (reached < options.devices()) {
            throw new IllegalStateException("the bare fan-out reached only " + reached);
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.BARE_P50, times.percentileMs(50));
        figures.put(Figure.BARE_P99, times.percentileMs(99));
        figures.put(Figure.BARE_LAST, times.percentileMs(100));
        figures.put(Figure.BARE_SERVERS_CPU, (double) serversUs / reached);
        figures.put(Figure.BARE_CLIENT_CPU, (double) clientsUs / reached);
        return figures;
    }

    @Override
    public void leave() throws IOException {
        crowds.leave();
    }

    @Override
    public void close() throws IOException {
        servers.close();
    }
}
