package io.lastmile.process;

import io.lastmile.bench.load.Ledger;
import io.lastmile.bench.load.ReceiptsReader;
import io.lastmile.bench.process.CommandRun;
import io.lastmile.bench.process.Deployment;
import io.lastmile.bench.process.EdgeCertificate;
import io.lastmile.bench.process.ServerProcess;
import io.lastmile.process.foreign.EdgeUrl;
import io.lastmile.wire.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An API, a router and an edge that run for all tests that do not harm them. */
final class SharedLastmile {
    private static final String NAME = "shared";

    private static final Deployment DEPLOYMENT =
            Processes.deployment(NAME, "--kafka.single-replica=true");
    private static final ServerProcess API = DEPLOYMENT.api("api", Processes.sharedKafka());
    private static final ServerProcess ROUTER =
            DEPLOYMENT.router("router", Processes.sharedKafka());
    private static final EdgeCertificate CERTIFICATE = Processes.certificate(NAME);
    private static final ServerProcess EDGE =
            DEPLOYMENT.edgeOfEveryTransport(
                    "edge", Processes.sharedKafka(), CERTIFICATE.flags().toArray(String[]::new));
    private static final Ledger LEDGER = new Ledger();
    private static final ReceiptsReader RECEIPTS;

    static {
        Deployment.startAll(API, ROUTER, EDGE);
        RECEIPTS =
                ReceiptsReader.into(
                        LEDGER, Processes.sharedKafka(), Processes.prefix(NAME) + "receipts");
        Runtime.getRuntime().addShutdownHook(new Thread(RECEIPTS::close, "close-receipts"));
    }

    private SharedLastmile() {}

    static ApiCalls api() {
        return new ApiCalls(apiPort());
    }

    static int apiPort() {
        return API.port("api.port");
    }

    /** Where devices connect. */
    static InetSocketAddress devices() {
        return EDGE.address("edge.mqtt.port");
    }

    /** Where devices connect over this transport. */
    static EdgeUrl url(Transport transport) {
        String key =
                switch (transport) {
                    case TCP -> "edge.mqtt.port";
                    case TLS -> "edge.mqtts.port";
                    case WEBSOCKET -> "edge.ws.port";
                    case SECURE_WEBSOCKET -> "edge.wss.port";
                };
        return new EdgeUrl(transport, EDGE.port(key), CERTIFICATE);
    }

    /** What edge and router have leaked so far: they have to collect garbage to know. */
    static List<String> leaks() {
        List<String> leaks = new ArrayList<>();
        for (ServerProcess process : List.of(EDGE, ROUTER)) {
            CommandRun collected =
                    CommandRun.ofTool(
                            "jcmd", Duration.ofMinutes(1), Long.toString(process.pid()), "GC.run");
            if (collected.exitCode() != 0) {
                throw new AssertionError(collected.errors());
            }
            leaks.addAll(process.leaks());
        }
        return leaks;
    }

    static String prefix() {
        return Processes.prefix(NAME);
    }

    /** What the receipts say. */
    static Ledger ledger() {
        return LEDGER;
    }
}
