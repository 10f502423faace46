package io.lastmile.router.kafka;

import io.lastmile.node.Clock;
import io.lastmile.node.Metrics;
import java.util.concurrent.ExecutorService;

/**
 * What the parts of a router run on.
 *
 * @param workers for what blocks: a thread a task
 */
public record RouterRuntime(ExecutorService workers, Clock clock, Metrics metrics) {}
