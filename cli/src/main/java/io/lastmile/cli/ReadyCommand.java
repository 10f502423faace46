package io.lastmile.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code lastmile ready}, as far as the help goes: the launcher does it, because health checks come
 * every few seconds and each would start a JVM.
 */
@Command(
        name = "ready",
        description = {
            "Whether the service of this machine with that admin port is ready.",
            "For health checks: it starts no Java."
        },
        mixinStandardHelpOptions = true)
final class ReadyCommand implements Runnable {
    @Parameters(
            paramLabel = "PORT",
            arity = "1..*",
            description = "The service's admin.port.",
            hideParamSyntax = true)
    private List<String> given = new ArrayList<>();

    @Override
    public void run() {
        throw CommandException.usage(
                "start it with ./lastmile ready PORT: one admin port, 1 to 65535, not "
                        + String.join(" ", given));
    }
}
