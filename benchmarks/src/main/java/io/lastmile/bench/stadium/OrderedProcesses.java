package io.lastmile.bench.stadium;

import io.lastmile.bench.process.ProcessorTime;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Several processes that are told the same at once, and answer in their order. One thread. */
final class OrderedProcesses implements AutoCloseable {
    private final List<OrderedProcess> processes = new ArrayList<>();

    /** Starts one. */
    @FunctionalInterface
    interface Starting {
        OrderedProcess start(int index) throws IOException;
    }

    /** Hears an answer. */
    @FunctionalInterface
    interface Hearing {
        void hear(int index, DataInputStream answer) throws IOException;
    }

    /** Starts so many, or none. */
    OrderedProcesses(int count, Starting starting) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                processes.add(starting.start(i));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Tells all. */
    void order(Order order, int number) throws IOException {
        for (OrderedProcess process : processes) {
            process.order(order, number);
        }
    }

    /** Tells all, each with a number of its own. */
    void order(Order order, List<Integer> numbers) throws IOException {
        for (int i = 0; i < processes.size(); i++) {
            processes.get(i).order(order, numbers.get(i));
        }
    }

    /** Waits until all have done so. */
    void await(Hearing hearing) throws IOException {
        for (int i = 0; i < processes.size(); i++) {
            hearing.hear(i, processes.get(i).answer());
        }
    }

    /** Waits until all have done so, of which there is nothing to say. */
    void await() throws IOException {
        await((_, _) -> {});
    }

    /** The processor time of all. */
    long processorUs() throws IOException {
        return ProcessorTime.us(processes.stream().map(OrderedProcess::pid).toList());
    }

    @Override
    public void close() throws IOException {
        for (OrderedProcess process : processes) {
            process.close();
        }
    }
}
