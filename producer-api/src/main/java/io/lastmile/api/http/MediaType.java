package io.lastmile.api.http;

import io.lastmile.node.HttpRequest;
import java.util.Locale;

/** What a request says its body is. */
final class MediaType {
    private MediaType() {}

    /** In lower case and without parameters; empty where nothing is said. */
    static String of(HttpRequest request) {
        return request.header("Content-Type").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
