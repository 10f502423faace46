package io.lastmile.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lastmile version}. */
@Command(
        name = "version",
        description = "Prints the version, and of which Java it runs on.",
        mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        var line = java.util.Objects.requireNonNull(spec).commandLine();
        line.getOut().println(new Version().getVersion()[0]);
        line.getOut().flush();
    }
}
