package io.lastmile.cli.service;

import io.lastmile.cli.Logs;
import io.lastmile.cli.SettingFlags;
import io.lastmile.node.LogLevel;
import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** One service in a process of its own. Its flags are its settings. */
@Command(mixinStandardHelpOptions = true)
public abstract class ServiceCommand implements Callable<Integer> {
    @Unmatched private List<String> flags = new ArrayList<>();

    /** Runs it until the process is told to stop: the exit code. */
    abstract int run(List<String> settings) throws InterruptedException;

    /** Reads the service's own settings and those of Kafka, for the manual. */
    abstract void read(Settings settings);

    @Override
    public Integer call() throws InterruptedException {
        return start(SettingFlags.checked(flags));
    }

    /**
     * Runs it with these settings as flags: the exit code.
     *
     * @throws SettingsException where the log's level is wrong; of everything else it says itself
     *     what is
     */
    public int start(List<String> settings) throws InterruptedException {
        Logs.toConsole(LogLevel.from(Settings.read(settings, System.getenv())));
        return run(settings);
    }

    /** Every setting of the service, in the order in which it reads them. */
    public List<Settings.Row> settings() {
        Settings settings = Settings.of(Map.of());
        read(settings);
        LogLevel.from(settings);
        return settings.rows();
    }
}
