package io.lastmile.router.hop;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Function;

/**
 * Looks the edges' names up, each on a thread of its own: where an edge has died, its name may be
 * unknown and the name server slow to say so, and the hops that are open must not wait for that.
 */
final class HopNames extends AddressResolverGroup<InetSocketAddress> {
    /** Asks for the addresses of a name; may block. */
    @FunctionalInterface
    interface Lookup {
        /** At least one. */
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private final Lookup lookup;

    HopNames(Lookup lookup) {
        this.lookup = lookup;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetNameResolver(executor) {
            @Override
            protected void doResolve(String name, Promise<InetAddress> found) {
                look(name, found, addresses -> addresses[0]);
            }

            @Override
            protected void doResolveAll(String name, Promise<List<InetAddress>> found) {
                look(name, found, List::of);
            }
        }.asAddressResolver();
    }

    private <T> void look(String name, Promise<T> found, Function<InetAddress[], T> chosen) {
        var _ =
                Thread.ofPlatform()
                        .daemon()
                        .name("hop-name")
                        .start(() -> {
                            try {
                                found.trySuccess(chosen.apply(lookup.addresses(name)));
                            } catch (Throwable e) { // a hop that hears nothing is never tried again
                                found.tryFailure(e);
                            }
                        });
    }
}
