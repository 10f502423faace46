package io.lastmile.api.http;

import io.lastmile.node.JsonTree;
import io.lastmile.node.QueryAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Questions to the owners of many partitions, a bounded number of them at once. An answer is whole
 * or none: where one owner does not answer, nothing is told. Any thread; a question blocks.
 */
final class OwnerQuestions {
    private static final int AT_ONCE_MAX = 64;

    private final StateQueries queries;
    private final Semaphore room = new Semaphore(AT_ONCE_MAX);

    /**
     * What one owner says.
     *
     * @param isKnown whether it has what was asked for
     */
    record Said(int partition, boolean isKnown, JsonTree body) {}

    /** An owner did not answer. */
    static final class UnansweredException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient QueryAnswer answer;

        UnansweredException(QueryAnswer answer) {
            super(answer.json(), null, false, false);
            this.answer = answer;
        }

        /** What to say to who asked. */
        QueryAnswer answer() {
            return answer;
        }
    }

    OwnerQuestions(StateQueries queries) {
        this.queries = queries;
    }

    /** All partitions that there are. */
    List<Integer> partitions() {
        return IntStream.range(0, queries.partitions()).boxed().toList();
    }

    /**
     * Asks the owner of each of these partitions: their answers, in the same order.
     *
     * @param path by partition
     * @throws UnansweredException where one of them did not answer
     */
    List<Said> ask(List<Integer> partitions, IntFunction<String> path) throws UnansweredException {
        List<Future<Said>> begun = new ArrayList<>(partitions.size());
        List<Said> said = new ArrayList<>(partitions.size());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int partition : partitions) {
                begun.add(threads.submit(() -> ask(partition, path.apply(partition))));
            }
            try {
                for (Future<Said> one : begun) {
                    said.add(one.get());
                }
            } catch (ExecutionException e) {
                threads.shutdownNow(); // the others are of no use
                if (e.getCause() instanceof UnansweredException unanswered) {
                    throw unanswered;
                }
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                threads.shutdownNow();
                Thread.currentThread().interrupt();
                throw new UnansweredException(StateQueries.noOwner("interrupted"));
            }
        }
        return said;
    }

    private Said ask(int partition, String path) throws UnansweredException, InterruptedException {
        QueryAnswer answer;
        room.acquire();
        try {
            answer = queries.ask(partition, path);
        } finally {
            room.release();
        }
        if (answer.status() != 200 && answer.status() != 404) {
            throw new UnansweredException(answer);
        }
        try {
            return new Said(partition, answer.status() == 200, JsonTree.of(answer.json()));
        } catch (IOException e) {
            throw new UnansweredException(
                    StateQueries.noOwner(
                            "the owner of partition " + partition + " answers what is no answer"));
        }
    }
}
