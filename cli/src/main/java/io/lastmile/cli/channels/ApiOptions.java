package io.lastmile.cli.channels;

import io.lastmile.cli.CommandException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which API a command asks, and with which key. */
final class ApiOptions {
    @Option(
            names = "--api",
            paramLabel = "URL",
            description = "The API to ask; ${DEFAULT-VALUE} unless given.")
    private String api = "http://127.0.0.1:8080";

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "A file with the key to show it, where it asks for one; on a command line others would see it.")
    private @Nullable Path keyFile;

    ApiCalls open() {
        return new ApiCalls(url(), key());
    }

    private URI url() {
        try {
            URI url = URI.create(api.endsWith("/") ? api.substring(0, api.length() - 1) : api);
            String scheme = String.valueOf(url.getScheme());
            if (url.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw CommandException.usage("--api: " + api + " is no URL such as http://127.0.0.1:8080");
    }

    private String key() {
        if (keyFile == null) {
            return "";
        }
        try {
            return Files.readString(keyFile).strip();
        } catch (IOException e) {
            throw CommandException.usage("--key-file: %s cannot be read".formatted(keyFile));
        }
    }
}
