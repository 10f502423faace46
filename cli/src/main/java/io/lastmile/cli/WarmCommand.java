package io.lastmile.cli;

import picocli.CommandLine.Command;

/** {@code lastmile warm}, as far as the help goes: it is the launcher that does it. */
@Command(
        name = "warm",
        description = "Makes dev start in half the time: once after a build, in half a minute.",
        mixinStandardHelpOptions = true)
final class WarmCommand implements Runnable {
    @Override
    public void run() {
        throw CommandException.usage("start it with ./lastmile warm and nothing more");
    }
}
