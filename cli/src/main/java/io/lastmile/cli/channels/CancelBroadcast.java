package io.lastmile.cli.channels;

import io.lastmile.wire.BroadcastId;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lastmile broadcasts cancel ID}. */
@Command(name = "cancel", description = "Takes a broadcast back, as far as it is not sent.")
final class CancelBroadcast extends ApiCommand {
    @Parameters(paramLabel = "ID", description = "What its POST answered, such as b42.")
    private String id = "";

    @Override
    int run(ApiCalls calls, PrintWriter out) {
        BroadcastId broadcast = broadcast(id);
        var _ = calls.text("DELETE", "/v1/broadcasts/" + broadcast);
        out.println(broadcast + " is taken back; who has it already keeps it");
        return 0;
    }
}
