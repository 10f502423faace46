package io.lastmile.bench.density;

import java.io.IOException;

/** Idle, subscribed devices. */
interface Crowd extends AutoCloseable {
    /** Opens more until so many are there, each subscribed. */
    void growTo(int count) throws IOException;

    @Override
    void close() throws IOException;
}
