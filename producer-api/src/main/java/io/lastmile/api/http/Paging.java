package io.lastmile.api.http;

import io.lastmile.node.HttpRequest;
import java.util.List;
import java.util.Map;

/**
 * Which part of a long list is asked for.
 *
 * @param after what the part before ended with; empty for the first
 * @param limit at most so many
 */
record Paging(String after, int limit) {
    private static final int LIMIT_BY_DEFAULT = 100;
    private static final int LIMIT_MAX = 1_000;
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";

    /**
     * Reads {@code after} and {@code limit}.
     *
     * @param others that may stand in the query too
     * @throws RefusedException naming what is wrong
     */
    static Paging of(HttpRequest request, List<String> others) {
        Map<String, List<String>> query = request.query();
        for (Map.Entry<String, List<String>> one : query.entrySet()) {
            String name = one.getKey();
            if (!name.equals(AFTER) && !name.equals(LIMIT) && !others.contains(name)) {
                throw RefusedException.field(
                        "query",
                        name,
                        "known are after, limit"
                                + (others.isEmpty() ? "" : ", ")
                                + String.join(", ", others));
            }
            if (one.getValue().size() != 1) {
                throw RefusedException.field(name, name, "at most once");
            }
        }
        return new Paging(request.query(AFTER), limit(request.query(LIMIT)));
    }

    private static int limit(String text) {
        if (text.isEmpty()) {
            return LIMIT_BY_DEFAULT;
        }
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= LIMIT_MAX) {
                return limit;
            }
        }
        throw RefusedException.field(LIMIT, LIMIT, "1 to " + LIMIT_MAX);
    }
}
