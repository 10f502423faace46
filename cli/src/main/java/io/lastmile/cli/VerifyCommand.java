package io.lastmile.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * {@code lastmile verify}, as far as the help goes: the launcher runs it before there is anything
 * built to run.
 */
@Command(
        name = "verify",
        description = {
            "Runs the whole test suite; what follows goes to Maven.",
            "Needs a checkout. With --compose it runs what docker-compose.yml describes, kills a router and an edge, and ends it.",
            "With --kafka RELEASE it runs the tests of the whole path on one broker of that release of Apache Kafka."
        },
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Runnable {
    @Unmatched private List<String> rest = new ArrayList<>();

    @Override
    public void run() {
        throw CommandException.usage(
                "start it with ./lastmile verify, verify --compose or verify --kafka RELEASE in a checkout of the sources "
                        + rest);
    }
}
