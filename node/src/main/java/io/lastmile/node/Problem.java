package io.lastmile.node;

import org.jspecify.annotations.Nullable;

/**
 * What went wrong with an HTTP request, as its answer says it (RFC 9457).
 *
 * @param type the last part of {@code /problems/<type>}; stable, for programs
 * @param title the same for every problem of the type
 * @param detail what is wrong this time, with the allowed range; for people
 * @param field the header, path segment or field that is wrong, where it is one
 */
public record Problem(
        int status, String type, String title, String detail, @Nullable String field) {
    /** The media type of the answer. */
    public static final String CONTENT_TYPE = "application/problem+json";

    /** A problem that is not that of one field. */
    public static Problem of(int status, String type, String title, String detail) {
        return new Problem(status, type, title, detail, null);
    }

    /** There is nothing at this path. */
    public static Problem noSuchPath(String path) {
        return of(404, "path", "No such path", "nothing is at " + path);
    }

    /** Something is at this path, but not for this method. */
    public static Problem method(String method, String allowed) {
        return of(405, "method", "Method not allowed", method + " is not; allowed is " + allowed);
    }

    /** The answer's body. */
    public String json() {
        return Json.object(json -> {
            json.writeStringField("type", "/problems/" + type);
            json.writeStringField("title", title);
            json.writeNumberField("status", status);
            json.writeStringField("detail", detail);
            if (field != null) {
                json.writeStringField("field", field);
            }
        });
    }
}
