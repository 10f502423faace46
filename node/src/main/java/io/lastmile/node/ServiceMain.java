package io.lastmile.node;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a service's process: settings, metrics, the admin port, the parts, then waiting to be
 * told to stop, and stopping in reverse.
 */
public final class ServiceMain {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);

    /** The exit status where the configuration is wrong. */
    public static final int EXIT_SETTINGS = 2;

    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";
    private static final int SMALL_MACHINE_PROCESSORS = 2;

    private ServiceMain() {}

    /** What the parts are made of. */
    public record Ground(
            Settings settings, Metrics metrics, Admin admin, Clock clock, Lifecycle lifecycle) {}

    /** Makes the parts of a service and gives them to the lifecycle. */
    @FunctionalInterface
    public interface Parts {
        /** Makes them; must read all its settings first and call {@link Settings#refuseUnknown}. */
        void start(Ground ground) throws Exception;
    }

    /**
     * Runs a service until the process is told to stop.
     *
     * @return the exit status: 0, 1 where a part failed to start, {@link #EXIT_SETTINGS} where the
     *     configuration is wrong (one line on standard error says what)
     */
    public static int run(String service, List<String> flags, int adminPort, Parts parts)
            throws InterruptedException {
        useFewCarriers();
        Lifecycle lifecycle = new Lifecycle();
        Stop stop = Stop.closes(lifecycle);
        try {
            Settings settings = Settings.read(flags, System.getenv());
            LogLevel.from(settings); // whoever started us obeyed it; here it only becomes known
            Clock clock = Clock.system();
            Metrics metrics = new Metrics(clock);
            Admin admin = lifecycle.start("admin", Admin.from(settings, adminPort, metrics));
            AtomicBoolean started = new AtomicBoolean();
            admin.part("started", started::get);
            parts.start(new Ground(settings, metrics, admin, clock, lifecycle));
            started.set(true);
            LOG.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("admin", admin.address())
                    .log("Ready");
        } catch (SettingsException e) {
            System.err.println("lastmile " + service + ": " + e.getMessage());
            stop.abandon();
            return EXIT_SETTINGS;
        } catch (Exception e) {
            LOG.atError().addKeyValue("service", service).setCause(e).log("Failed to start");
            System.err.println("lastmile " + service + ": failed to start: " + e);
            stop.abandon();
            return 1;
        }
        stop.await();
        return 0;
    }

    /**
     * One thread carries all virtual ones on a small machine, whose processors Kafka's clients, the
     * collector and the compiler use too: with two, each request wakes up both. An operator's own
     * figure stands. Before the first virtual thread.
     */
    private static void useFewCarriers() {
        if (Runtime.getRuntime().availableProcessors() <= SMALL_MACHINE_PROCESSORS
                && System.getProperty(CARRIERS) == null) {
            System.setProperty(CARRIERS, "1");
        }
    }
}
