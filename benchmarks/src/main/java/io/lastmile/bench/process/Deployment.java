package io.lastmile.bench.process;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kafka, APIs, routers and edges of one Lastmile, each a process on this machine. Making one gives
 * it free ports and a folder; it runs when it is started. Closing kills what still runs, latest
 * first, leaves the folder, and fails where one of them has leaked a buffer.
 */
public final class Deployment implements AutoCloseable {
    /** The secret of all hops. */
    public static final String HOP_SECRET = "of-this-deployment";

    private final JavaLaunch java;
    private final Path folder;
    private final List<String> common;
    private final Deque<ServerProcess> made = new ArrayDeque<>();

    /**
     * A deployment of nothing yet.
     *
     * @param folder of everything that its processes write
     * @param common flags that api, router, edge and dev are all given
     */
    public Deployment(JavaLaunch java, Path folder, List<String> common) {
        this.java = java;
        this.folder = folder;
        this.common = List.copyOf(common);
    }

    /** One Kafka node, alone. */
    public ServerProcess kafka() {
        return kafka(1).getFirst();
    }

    /** The Kafka nodes of one cluster, each of them a broker and a controller. */
    public List<ServerProcess> kafka(int nodes, String... flags) {
        List<Integer> controllerPorts = new ArrayList<>();
        List<String> voters = new ArrayList<>();
        for (int id = 1; id <= nodes; id++) {
            int port = FreePorts.next();
            controllerPorts.add(port);
            voters.add(id + "@127.0.0.1:" + port);
        }
        List<ServerProcess> processes = new ArrayList<>();
        for (int id = 1; id <= nodes; id++) {
            String name = "kafka-" + id;
            Map<String, Integer> ports = new LinkedHashMap<>();
            ports.put("kafka.port", FreePorts.next());
            ports.put("kafka.controller.port", controllerPorts.get(id - 1));
            List<String> arguments = new ArrayList<>(List.of("kafka", "--data", "data"));
            arguments.add("--node.id=" + id);
            arguments.add("--voters=" + String.join(",", voters));
            addPorts(arguments, ports);
            arguments.addAll(List.of(flags));
            processes.add(made(name, arguments, ports, Readiness.printed("is ready at")));
        }
        return processes;
    }

    /** The bootstrap servers of such a cluster. */
    public static String bootstrap(List<ServerProcess> kafka) {
        return String.join(
                ",", kafka.stream().map(node -> "127.0.0.1:" + node.port("kafka.port")).toList());
    }

    /** An API. */
    public ServerProcess api(String name, String bootstrap, String... flags) {
        return service("api", name, bootstrap, List.of("api.port"), flags);
    }

    /** A router. */
    public ServerProcess router(String name, String bootstrap, String... flags) {
        return service("router", name, bootstrap, List.of(), flags);
    }

    /** An edge. */
    public ServerProcess edge(String name, String bootstrap, String... flags) {
        return service("edge", name, bootstrap, List.of("edge.mqtt.port", "edge.hop.port"), flags);
    }

    /** An edge that takes in as many devices a second as it can, as fast as a benchmark likes. */
    public ServerProcess edgeForAnyRush(String name, String bootstrap, String... flags) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--edge.connects.per-second=1000000",
                                "--edge.accepts.per-second=1000000",
                                "--edge.arriving.per-address.max=1000000"));
        all.addAll(List.of(flags));
        return edge(name, bootstrap, all.toArray(String[]::new));
    }

    /**
     * The same, on a machine whose processors Kafka, API, router and the benchmark use as well:
     * half as many loops as it would take by itself, so that they wake each other up less.
     */
    public ServerProcess edgeAmongOthers(String name, String bootstrap) {
        return edgeForAnyRush(name, bootstrap, "--edge.loops=" + loopsAmongOthers());
    }

    /** How many loops that is. */
    public static int loopsAmongOthers() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /** An edge that devices reach over TLS as well; its certificate is to be set. */
    public ServerProcess secureEdge(String name, String bootstrap, String... flags) {
        return service(
                "edge",
                name,
                bootstrap,
                List.of("edge.mqtt.port", "edge.hop.port", "edge.mqtts.port"),
                flags);
    }

    /** An edge that devices reach over every transport; its certificate is to be set. */
    public ServerProcess edgeOfEveryTransport(String name, String bootstrap, String... flags) {
        return service(
                "edge",
                name,
                bootstrap,
                List.of(
                        "edge.mqtt.port",
                        "edge.hop.port",
                        "edge.mqtts.port",
                        "edge.ws.port",
                        "edge.wss.port"),
                flags);
    }

    /** An edge that routers reach through a proxy. */
    public ServerProcess edgeBehind(TcpProxy hop, String name, String bootstrap) {
        ServerProcess edge = edge(name, bootstrap, "--edge.hop.advertised=" + hop.address());
        hop.leadTo(edge.address("edge.hop.port"));
        return edge;
    }

    /** All of it in one process, with its own Kafka. */
    public ServerProcess dev(String name, String... flags) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (String key :
                List.of(
                        "api.port",
                        "edge.mqtt.port",
                        "edge.hop.port",
                        "kafka.port",
                        "kafka.controller.port")) {
            ports.put(key, FreePorts.next());
        }
        int adminPort = FreePorts.next();
        ports.put("admin.port", adminPort);
        List<String> arguments = new ArrayList<>(List.of("dev", "--data", "data"));
        addPorts(arguments, ports);
        arguments.addAll(common);
        arguments.addAll(List.of(flags));
        return made(name, arguments, ports, Readiness.admin(adminPort));
    }

    /** Starts several at the same time and waits for all of them. */
    public static void startAll(ServerProcess... processes) {
        for (ServerProcess process : processes) {
            process.launch();
        }
        for (ServerProcess process : processes) {
            process.awaitReady();
        }
    }

    private ServerProcess service(
            String command, String name, String bootstrap, List<String> portKeys, String[] flags) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        portKeys.forEach(key -> ports.put(key, FreePorts.next()));
        int adminPort = FreePorts.next();
        ports.put("admin.port", adminPort);
        List<String> arguments = new ArrayList<>(List.of(command));
        addPorts(arguments, ports);
        arguments.add("--kafka.bootstrap=" + bootstrap);
        arguments.add("--node.name=" + name);
        arguments.add("--hop.secret=" + HOP_SECRET);
        arguments.addAll(common);
        arguments.addAll(List.of(flags));
        return made(name, arguments, ports, Readiness.admin(adminPort));
    }

    private static void addPorts(List<String> arguments, Map<String, Integer> ports) {
        ports.forEach((key, port) -> arguments.add("--" + key + "=" + port));
    }

    private ServerProcess made(
            String name, List<String> arguments, Map<String, Integer> ports, Readiness readiness) {
        ServerProcess process =
                new ServerProcess(java, name, folder.resolve(name), arguments, ports, readiness);
        made.push(process);
        return process;
    }

    @Override
    public void close() {
        made.forEach(ServerProcess::close);
        for (ServerProcess process : made) {
            if (!process.leaks().isEmpty()) {
                throw new ProcessFailedException(process.name() + " leaks: " + process.leaks());
            }
        }
    }
}
