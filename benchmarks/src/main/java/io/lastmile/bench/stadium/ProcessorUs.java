package io.lastmile.bench.stadium;

import io.lastmile.bench.process.ProcessorTime;
import io.lastmile.bench.process.ServerProcess;
import java.io.IOException;

/** The processor time of all processes until now, or in a while. */
record ProcessorUs(long api, long kafka, long router, long edges, long client) {
    static ProcessorUs now(StadiumBed bed, Crowds crowds) throws IOException {
        long own = ProcessorTime.us(ProcessHandle.current().pid());
        return new ProcessorUs(
                ProcessorTime.us(bed.api().pid()),
                ProcessorTime.us(bed.kafka().pid()),
                ProcessorTime.us(bed.router().pid()),
                ProcessorTime.us(bed.edges().stream().map(ServerProcess::pid).toList()),
                own + crowds.processorUs());
    }

    ProcessorUs minus(ProcessorUs before) {
        return new ProcessorUs(
                api - before.api,
                kafka - before.kafka,
                router - before.router,
                edges - before.edges,
                client - before.client);
    }
}
