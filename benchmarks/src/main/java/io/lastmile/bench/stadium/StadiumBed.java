package io.lastmile.bench.stadium;

import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Lastmile with as many edges as it takes to hold all devices, ready. */
record StadiumBed(
        Deployment deployment,
        String bootstrap,
        ServerProcess kafka,
        ServerProcess api,
        ServerProcess router,
        List<ServerProcess> edges)
        implements AutoCloseable {
    static StadiumBed start(JavaLaunch java, Path folder, StadiumOptions options) {
        Deployment deployment =
                new Deployment(
                        java,
                        folder,
                        List.of(
                                "--kafka.partitions=" + options.partitions(),
                                "--kafka.single-replica=true",
                                "--log.level=warn"));
        try {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess router = deployment.router("router", bootstrap);
            List<ServerProcess> edges = new ArrayList<>();
            for (int i = 0; i < options.processes(); i++) {
                edges.add(deployment.edgeAmongOthers("edge-" + i, bootstrap));
            }
            List<ServerProcess> services = new ArrayList<>(edges);
            services.add(api);
            services.add(router);
            Deployment.startAll(services.toArray(ServerProcess[]::new));
            return new StadiumBed(deployment, bootstrap, kafka, api, router, edges);
        } catch (RuntimeException e) {
            deployment.close();
            throw e;
        }
    }

    /** All of them. */
    List<ServerProcess> processes() {
        List<ServerProcess> all = new ArrayList<>(List.of(kafka, api, router));
        all.addAll(edges);
        return all;
    }

    @Override
    public void close() {
        deployment.close();
    }
}
