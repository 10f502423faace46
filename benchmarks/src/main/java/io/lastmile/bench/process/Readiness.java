package io.lastmile.bench.process;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Tells whether a process is ready; asked again and again while it starts. */
@FunctionalInterface
interface Readiness {
    /** Whether it is, given what it has printed so far. */
    boolean isReady(String output);

    /** Ready once it has printed a text. */
    static Readiness printed(String text) {
        return output -> output.contains(text);
    }

    /** Ready once its admin port says so. */
    static Readiness admin(int port) {
        return output -> {
            try {
                URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
                var connection = (HttpURLConnection) ready.toURL().openConnection();
                connection.setConnectTimeout(500);
                connection.setReadTimeout(2_000);
                try {
                    return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
                } finally {
                    connection.disconnect();
                }
            } catch (IOException e) {
                return false; // it does not listen yet
            }
        };
    }
}
