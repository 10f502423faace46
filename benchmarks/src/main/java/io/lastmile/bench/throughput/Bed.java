package io.lastmile.bench.throughput;

import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.JavaLaunch;
import io.lastmile.bench.process.ServerProcess;
import java.nio.file.Path;
import java.util.List;

/** A whole Lastmile of one process each, ready. */
record Bed(
        JavaLaunch java,
        Deployment deployment,
        String bootstrap,
        ServerProcess kafka,
        ServerProcess api,
        ServerProcess router,
        ServerProcess edge)
        implements AutoCloseable {
    static Bed start(Path folder, int partitions) {
        JavaLaunch java = JavaLaunch.likeThisProcess("-Xmx1g");
        Deployment deployment =
                new Deployment(
                        java,
                        folder,
                        List.of(
                                "--kafka.partitions=" + partitions,
                                "--kafka.single-replica=true",
                                "--log.level=warn"));
        try {
            ServerProcess kafka = deployment.kafka().start();
            String bootstrap = Deployment.bootstrap(List.of(kafka));
            ServerProcess api = deployment.api("api", bootstrap);
            ServerProcess router = deployment.router("router", bootstrap);
            ServerProcess edge = deployment.edgeAmongOthers("edge", bootstrap);
            Deployment.startAll(api, router, edge);
            return new Bed(java, deployment, bootstrap, kafka, api, router, edge);
        } catch (RuntimeException e) {
            deployment.close();
            throw e;
        }
    }

    /** All of them. */
    List<ServerProcess> processes() {
        return List.of(kafka, api, router, edge);
    }

    @Override
    public void close() {
        deployment.close();
    }
}
