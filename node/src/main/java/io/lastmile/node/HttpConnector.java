package io.lastmile.node;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets, accepted and read by selectors, which also do what there is to do behind an answer that
 * was given later: they are woken up anyway, to read the connection again, and a thread of the pool
 * would be another one to wake.
 */
final class HttpConnector extends ServerConnector {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnector.class);
    private static final long SWEEP_EVERY_MS = 500;

    private final Connections connections;

    /** Runs tasks on the selectors, in turn. */
    private static final class OnSelectors implements Executor {
        private final List<ManagedSelector> selectors = new CopyOnWriteArrayList<>();
        private final AtomicInteger turns = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            int turn = Math.floorMod(turns.getAndIncrement(), selectors.size());
            selectors.get(turn).submit(_ -> task.run());
        }
    }

    /** Opens of what is accepted as many as there may be. */
    private final class Selectors extends ServerConnectorManager {
        private final OnSelectors tasks;

        Selectors(Executor threads, Scheduler scheduler, int selectors, OnSelectors tasks) {
            super(threads, scheduler, selectors);
            this.tasks = tasks;
            addEventListener(
                    new AcceptListener() {
                        @Override
                        public void onAcceptFailed(SelectableChannel channel, Throwable cause) {
                            openNext(channel);
                        }

                        @Override
                        public void onClosed(SelectableChannel channel) {
                            openNext(channel);
                        }
                    });
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            ManagedSelector selector = super.newSelector(id);
            tasks.selectors.add(selector);
            return selector;
        }

        @Override
        protected void accepted(SelectableChannel channel) throws IOException {
            if (connections.opens((SocketChannel) channel)) {
                super.accepted(channel);
            }
        }

        private void openNext(SelectableChannel ended) {
            SocketChannel next = connections.ended(ended);
            while (next != null) {
                try {
                    super.accepted(next);
                    return;
                } catch (IOException e) { // its peer has given up: then another one's turn
                    next = connections.ended(next);
                }
            }
        }
    }

    /** A connector; the selectors themselves run on the server's pool. */
    HttpConnector(
            Server server, int selectors, ConnectionFactory[] protocols, Connections connections) {
        super(server, new OnSelectors(), null, null, 0, selectors, protocols);
        this.connections = connections;
        addBean(connections); // tells it what is opened and closed
    }

    @Override
    protected SelectorManager newSelectorManager(
            Executor executor, Scheduler scheduler, int selectors) {
        return new Selectors(
                getServer().getThreadPool(), scheduler, selectors, (OnSelectors) executor);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        sweepLater();
    }

    private void sweepLater() {
        var _ = getScheduler().schedule(this::sweep, SWEEP_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        try {
            connections.sweep();
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("Connections were not looked through this time");
        } finally {
            if (isRunning()) {
                sweepLater();
            }
        }
    }

    @Override
    protected void doStop() throws Exception {
        connections.close();
        super.doStop();
    }
}
