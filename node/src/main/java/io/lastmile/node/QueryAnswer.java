package io.lastmile.node;

/**
 * The answer to a state query.
 *
 * @param status of HTTP
 * @param json the body
 */
public record QueryAnswer(int status, String json) {
    private static final String NOT_READ_YET = "not-read-yet";

    /** An answer that is a problem. */
    public static QueryAnswer problem(Problem problem) {
        return new QueryAnswer(problem.status(), problem.json());
    }

    /** The message may be in the log; its owner has not come so far. */
    public static QueryAnswer notReadYet(String detail) {
        return problem(Problem.of(404, NOT_READ_YET, "Not read yet", detail));
    }

    /** Whether it is {@link #notReadYet}. */
    public boolean isNotReadYet() {
        return status == 404 && json.contains("\"/problems/" + NOT_READ_YET + '"');
    }
}
