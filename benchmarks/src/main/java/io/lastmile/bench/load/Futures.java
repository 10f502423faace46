package io.lastmile.bench.load;

import io.netty.util.concurrent.Future;
import java.util.function.Consumer;

/** The one place where a future of Netty's is let go. */
final class Futures {
    private Futures() {}

    /** Of a write: where it fails the connection closes, and that is what is listened to. */
    @SuppressWarnings("unused") // the parameter is what makes letting go visible
    static void ignore(Future<?> future) {}

    @SuppressWarnings("FutureReturnValueIgnored") // addListener returns the future itself
    static <F extends Future<?>> void onFailure(F future, Consumer<Throwable> told) {
        future.addListener(done -> {
            if (!done.isSuccess()) {
                told.accept(done.cause());
            }
        });
    }
}
