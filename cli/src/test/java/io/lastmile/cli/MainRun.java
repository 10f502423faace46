package io.lastmile.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** A run of the command inside the test's process. */
public record MainRun(int exitCode, String out, String err) {
    /** Runs it. */
    public static MainRun of(List<String> arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int exitCode = line.execute(SettingFlags.joined(arguments).toArray(String[]::new));
        return new MainRun(exitCode, out.toString(), err.toString());
    }
}
