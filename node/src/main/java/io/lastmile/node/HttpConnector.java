package io.lastmile.node;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Sockets, accepted and read by selectors, which also do what there is to do behind an answer that
 * was given later: they are woken up anyway, to read the connection again, and a thread of the pool
 * would be another one to wake.
 */
final class HttpConnector extends ServerConnector {
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

    /** A connector; the selectors themselves run on the server's pool. */
    HttpConnector(Server server, int selectors, ConnectionFactory[] protocols) {
        super(server, new OnSelectors(), null, null, 0, selectors, protocols);
    }

    @Override
    protected SelectorManager newSelectorManager(
            Executor executor, Scheduler scheduler, int selectors) {
        return new ServerConnectorManager(getServer().getThreadPool(), scheduler, selectors) {
            @Override
            protected ManagedSelector newSelector(int id) {
                ManagedSelector selector = super.newSelector(id);
                ((OnSelectors) executor).selectors.add(selector);
                return selector;
            }
        };
    }
}
