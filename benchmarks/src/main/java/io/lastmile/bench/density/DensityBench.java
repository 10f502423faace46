package io.lastmile.bench.density;

import io.lastmile.bench.BenchResult;
import io.lastmile.bench.Figure;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.EdgeCertificate;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/**
 * What an idle, subscribed plain-TCP connection takes: a process can hold only so many descriptors,
 * so memory is measured at several counts and the slope is the figure.
 */
public final class DensityBench {
    private static final int WARM_UPS = 8;
    private static final int SECURE_WARM_UPS = 4;
    private static final int SECURE_PART = 4;

    private final DensityOptions options;
    private final PrintWriter out;

    /**
     * A run of the benchmark.
     *
     * @param out where its progress goes
     */
    public DensityBench(DensityOptions options, PrintWriter out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts what it needs in a folder, measures, and ends it.
     *
     * @param folder empty; what the processes write is left in it
     */
    public BenchResult run(Path folder) throws IOException {
        List<String> common = List.of("--kafka.partitions=16", "--kafka.single-replica=true");
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx512m");
        double[] heap = new double[options.runs()];
        double[] process = new double[options.runs()];
        double[] kernel = new double[options.runs()];
        double[] secure = new double[options.runs()];
        double fullGcMs = 0;
        try (Deployment deployment = new Deployment(java, folder, common)) {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            for (int run = 0; run < options.runs(); run++) {
                fullGcMs = Math.max(fullGcMs, run(run, bootstrap, folder, heap, process, kernel));
                secure[run] = secureRun(run, bootstrap, folder);
                out.printf(
                        "run %d: live heap %.0f, process %.0f, kernel %.0f, process with TLS %.0f"
                                + " bytes a connection%n",
                        run + 1, heap[run], process[run], kernel[run], secure[run]);
                out.flush();
            }
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.HEAP_PER_CONNECTION, Line.mean(heap));
        figures.put(Figure.PROCESS_PER_CONNECTION, Line.mean(process));
        figures.put(
                Figure.PROCESS_PER_CONNECTION_UPPER,
                Line.mean(process) + Line.halfInterval(process));
        figures.put(Figure.KERNEL_PER_CONNECTION, Line.mean(kernel));
        figures.put(
                Figure.KERNEL_PER_CONNECTION_UPPER, Line.mean(kernel) + Line.halfInterval(kernel));
        figures.put(Figure.TLS_PROCESS_PER_CONNECTION, Line.mean(secure));
        figures.put(
                Figure.TLS_PROCESS_PER_CONNECTION_UPPER,
                Line.mean(secure) + Line.halfInterval(secure));
        figures.put(Figure.FULL_GC, fullGcMs);
        return new BenchResult("density", options.asSettings(), figures);
    }

    /** Its heap is touched at the start, and what its compiler takes does not come and go. */
    private static JavaLaunch measured() {
        return JavaLaunch.likeThisProcess(
                "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");
    }

    private double run(
            int run,
            String bootstrap,
            Path folder,
            double[] heap,
            double[] process,
            double[] kernel)
            throws IOException {
        JavaLaunch java = measured();
        List<String> common = List.of("--kafka.partitions=16", "--kafka.single-replica=true");
        try (Deployment deployment = new Deployment(java, folder, common)) {
            ServerProcess edge = deployment.edge("edge-" + run, bootstrap).start();
            for (int i = 0; i < WARM_UPS; i++) {
                var warm = new IdleDevices(edge.address("edge.mqtt.port"));
                try (warm) {
                    warm.growTo(options.connectionsMin());
                }
            }
            return measure(run, edge, heap, process, kernel);
        }
    }

    private double measure(
            int run, ServerProcess edge, double[] heap, double[] process, double[] kernel)
            throws IOException {
        var memory = new EdgeMemory(edge);
        double[] connections = new double[options.points()];
        double[] heapBytes = new double[options.points()];
        double[] processBytes = new double[options.points()];
        double[] kernelBytes = new double[options.points()];
        try (var devices = new IdleDevices(edge.address("edge.mqtt.port"))) {
            for (int point = 0; point < options.points(); point++) {
                devices.growTo(options.connectionsAt(point));
                connections[point] = options.connectionsAt(point);
                heapBytes[point] = memory.liveHeapBytes();
                processBytes[point] = heapBytes[point] + memory.residentBytes();
                kernelBytes[point] = EdgeMemory.kernelBytes();
            }
        }
        heap[run] = Line.slope(connections, heapBytes);
        process[run] = Line.slope(connections, processBytes);
        kernel[run] = Line.slope(connections, kernelBytes) / 2; // the devices' ends are here too
        return memory.longestCollectionMs();
    }

    /** A quarter of the connections, because each takes so much more. */
    private double secureRun(int run, String bootstrap, Path folder) throws IOException {
        List<String> common =
                new ArrayList<>(List.of("--kafka.partitions=16", "--kafka.single-replica=true"));
        Path own = Files.createDirectories(folder.resolve("tls-" + run));
        EdgeCertificate certificate = EdgeCertificate.make(own);
        common.addAll(certificate.flags());
        SSLContext trusting = certificate.trusting("TLSv1.3");
        try (Deployment deployment = new Deployment(measured(), folder, common)) {
            ServerProcess edge = deployment.secureEdge("tls-edge-" + run, bootstrap).start();
            for (int i = 0; i < SECURE_WARM_UPS; i++) {
                try (Crowd warm = new SecureDevices(edge.address("edge.mqtts.port"), trusting)) {
                    warm.growTo(Math.max(1, options.connectionsMin() / SECURE_PART));
                }
            }
            var memory = new EdgeMemory(edge);
            double[] connections = new double[options.points()];
            double[] bytes = new double[options.points()];
            try (Crowd devices = new SecureDevices(edge.address("edge.mqtts.port"), trusting)) {
                for (int point = 0; point < options.points(); point++) {
                    int count = Math.max(point + 1, options.connectionsAt(point) / SECURE_PART);
                    devices.growTo(count);
                    connections[point] = count;
                    bytes[point] = memory.liveHeapBytes() + memory.residentBytes();
                }
            }
            return Line.slope(connections, bytes);
        }
    }
}
